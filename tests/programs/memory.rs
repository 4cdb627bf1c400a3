//! memory, a server of the Model Context Protocol that keeps a graph of what it is told. The server
//! talks over its standard streams. README.md has the servers that listen, and why none is here.

use crate::program::{Program, Stdin, USE, Use};

pub const PROGRAM: Program = Program {
    package: "github.com/modelcontextprotocol/go-sdk/examples/server/memory@v1.1.0",
    since: "1.24",
    grants: &["--dir", "."],
    mixes_stderr: true,
    uses: [
        Use {
            name: "lists its tools",
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}"#,
                        "\n"
                    ),
                    "\"id\":2",
                ),
            ]),
            ..USE
        },
        Use {
            name: "keeps entities in memory",
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"create_entities","arguments":{"entities":[{"name":"Tom","entityType":"cat","observations":["has four legs","sleeps"]}]}}}"#,
                        "\n"
                    ),
                    "\"id\":2",
                ),
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"read_graph","arguments":{}}}"#,
                        "\n"
                    ),
                    "\"id\":3",
                ),
            ]),
            ..USE
        },
        Use {
            name: "writes entities into a file",
            args: &["-memory", "kb.json"],
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"create_entities","arguments":{"entities":[{"name":"Émile","entityType":"cat","observations":[]},{"name":"Rex","entityType":"dog","observations":["barks"]}]}}}"#,
                        "\n"
                    ),
                    "\"id\":2",
                ),
            ]),
            ..USE
        },
        Use {
            name: "relations",
            files: GRAPH,
            args: &["-memory", "kb.json"],
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"create_relations","arguments":{"relations":[{"from":"Tom","to":"Rex","relationType":"fears"}]}}}"#,
                        "\n"
                    ),
                    "\"id\":2",
                ),
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"read_graph","arguments":{}}}"#,
                        "\n"
                    ),
                    "\"id\":3",
                ),
            ]),
            ..USE
        },
        Use {
            name: "observations",
            files: GRAPH,
            args: &["-memory", "kb.json"],
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"add_observations","arguments":{"observations":[{"entityName":"Tom","contents":["is grey"]}]}}}"#,
                        "\n"
                    ),
                    "\"id\":2",
                ),
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"delete_observations","arguments":{"deletions":[{"entityName":"Tom","contents":[],"observations":["sleeps"]}]}}}"#,
                        "\n"
                    ),
                    "\"id\":3",
                ),
            ]),
            ..USE
        },
        Use {
            name: "searches",
            files: GRAPH,
            args: &["-memory", "kb.json"],
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search_nodes","arguments":{"query":"bark"}}}"#,
                        "\n"
                    ),
                    "\"id\":2",
                ),
            ]),
            ..USE
        },
        Use {
            name: "opens nodes",
            files: GRAPH,
            args: &["-memory", "kb.json"],
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"open_nodes","arguments":{"names":["Tom","Nobody"]}}}"#,
                        "\n"
                    ),
                    "\"id\":2",
                ),
            ]),
            ..USE
        },
        Use {
            name: "deletes",
            files: GRAPH,
            args: &["-memory", "kb.json"],
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"delete_relations","arguments":{"relations":[{"from":"Rex","to":"Tom","relationType":"chases"}]}}}"#,
                        "\n"
                    ),
                    "\"id\":2",
                ),
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"delete_entities","arguments":{"entityNames":["Rex"]}}}"#,
                        "\n"
                    ),
                    "\"id\":3",
                ),
            ]),
            ..USE
        },
        Use {
            name: "refuses what isn't a tool",
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"fly","arguments":{}}}"#,
                        "\n"
                    ),
                    "\"id\":2",
                ),
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"create_entities","arguments":{"entities":7}}}"#,
                        "\n"
                    ),
                    "\"id\":3",
                ),
                (
                    concat!(r#"{"jsonrpc":"2.0","id":4,"method":"nothing/such"}"#, "\n"),
                    "\"id\":4",
                ),
            ]),
            ..USE
        },
        Use {
            name: "a file that isn't JSON",
            files: &[("kb.json", "not JSON")],
            args: &["-memory", "kb.json"],
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                (
                    concat!(
                        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"read_graph","arguments":{}}}"#,
                        "\n"
                    ),
                    "\"id\":2",
                ),
            ]),
            ..USE
        },
    ],
};

/// The first message of a client, and what its answer contains.
const HELLO: (&str, &str) = (
    concat!(
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"tests","version":"1"}}}"#,
        "\n"
    ),
    "\"serverInfo\"",
);

/// The client's second message, which has no answer.
const READY: (&str, &str) = (
    concat!(
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        "\n"
    ),
    "",
);

const GRAPH: &[(&str, &str)] = &[(
    "kb.json",
    r#"[{"type":"entity","name":"Tom","entityType":"cat","observations":["sleeps"]},{"type":"entity","name":"Rex","entityType":"dog","observations":["barks"]},{"type":"relation","from":"Rex","to":"Tom","relationType":"chases"}]"#,
)];
