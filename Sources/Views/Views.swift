/// What the events mean: pure projections into tables.
enum ViewsRoom {}
