/// YAML documents as trees whose nodes know their line.
enum YAMLRoom {}
