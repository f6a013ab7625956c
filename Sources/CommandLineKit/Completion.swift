extension Program {
    /// A script for bash that completes commands, their second words, options and choices.
    func bashCompletion() -> String {
        let function = "_\(name)"
        let verbs = commands.reduce(into: [String]()) { verbs, command in
            if !verbs.contains(command.verb) { verbs.append(command.verb) }
        }
        let choices = (Global.all + commands.flatMap(\.options)).reduce(into: [String: [String]]())
        {
            $0[$1.flag, default: []] += $1.choices
        }
        let isValued = Set(
            (Global.all + commands.flatMap(\.options)).filter { $0.placeholder != nil }.map(\.flag))
        let arms = verbs.flatMap { verb in Self.arms(commands.filter { $0.verb == verb }) }
        let values = choices.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map {
            "        \($0.key)) words=\"\($0.value.joined(separator: " "))\" ;;"
        }
        return """
            # Completes \(name) in bash: source <(\(name) completion bash)
            \(function)() {
                local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
                local words="" first="" second="" word index
                for ((index = 1; index < COMP_CWORD; index++)); do
                    word=${COMP_WORDS[index]}
                    case $word in
                    \(isValued.sorted().joined(separator: "|"))) ((index++)) ;;
                    -*) ;;
                    *) if [[ -z $first ]]; then first=$word
                       elif [[ -z $second ]]; then second=$word; fi ;;
                    esac
                done
                case $before in
            \(values.joined(separator: "\n"))
                \(isValued.sorted().joined(separator: "|")))
                    COMPREPLY=(); return ;;
                esac
                if [[ -n $words ]]; then
                    :
                elif [[ -z $first ]]; then
                    words="\(verbs.joined(separator: " ")) \(Self.flags(Global.all))"
                else
                    case "$first $second" in
            \(arms.joined(separator: "\n"))
                    esac
                fi
                COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -o default -F \(function) \(name)

            """
    }

    /// The cases of one first word: each pair, then whatever else follows.
    private static func arms(_ group: [Command]) -> [String] {
        let seconds = group.filter { $0.words.count == 2 }
        let single = group.first { $0.words.count == 1 }
        let pairs = seconds.map {
            "        \"\($0.name)\") words=\"\(flags($0.options + Global.all))\" ;;"
        }
        let words = seconds.map { $0.words[1] }.joined(separator: " ")
        let own = flags((single?.options ?? []) + Global.all)
        let other =
            "        \"\(group[0].verb) \"*) words=\"\(words.isEmpty ? "" : words + " ")\(own)\" ;;"
        return pairs + [other]
    }

    private static func flags(_ options: [OptionDeclaration]) -> String {
        options.map(\.flag).joined(separator: " ")
    }
}
