//! memory, a server of the Model Context Protocol that keeps a graph of what it is told. The server
//! talks over its standard streams. README.md has the servers that listen, and why none is here.

use crate::program::{Program, Stdin, USE, Use};

/// A turn: the call of a tool with this number and these arguments, and what the answer has.
macro_rules! call {
    ($id:literal, $tool:literal, $arguments:literal) => {
        (
            concat!(
                r#"{"jsonrpc":"2.0","id":"#,
                $id,
                r#","method":"tools/call","params":{"name":""#,
                $tool,
                r#"","arguments":"#,
                $arguments,
                "}}\n"
            ),
            concat!("\"id\":", $id),
        )
    };
}

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
                call!(
                    2,
                    "create_entities",
                    r#"{"entities":[{"name":"Tom","entityType":"cat","observations":["has four legs","sleeps"]}]}"#
                ),
                call!(3, "read_graph", r#"{}"#),
            ]),
            ..USE
        },
        Use {
            name: "writes entities into a file",
            args: &["-memory", "kb.json"],
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                call!(
                    2,
                    "create_entities",
                    r#"{"entities":[{"name":"Émile","entityType":"cat","observations":[]},{"name":"Rex","entityType":"dog","observations":["barks"]}]}"#
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
                call!(
                    2,
                    "create_relations",
                    r#"{"relations":[{"from":"Tom","to":"Rex","relationType":"fears"}]}"#
                ),
                call!(3, "read_graph", r#"{}"#),
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
                call!(
                    2,
                    "add_observations",
                    r#"{"observations":[{"entityName":"Tom","contents":["is grey"]}]}"#
                ),
                call!(
                    3,
                    "delete_observations",
                    r#"{"deletions":[{"entityName":"Tom","contents":[],"observations":["sleeps"]}]}"#
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
                call!(2, "search_nodes", r#"{"query":"bark"}"#),
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
                call!(2, "open_nodes", r#"{"names":["Tom","Nobody"]}"#),
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
                call!(
                    2,
                    "delete_relations",
                    r#"{"relations":[{"from":"Rex","to":"Tom","relationType":"chases"}]}"#
                ),
                call!(3, "delete_entities", r#"{"entityNames":["Rex"]}"#),
            ]),
            ..USE
        },
        Use {
            name: "refuses what isn't a tool",
            stdin: Stdin::Turns(&[
                HELLO,
                READY,
                call!(2, "fly", r#"{}"#),
                call!(3, "create_entities", r#"{"entities":7}"#),
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
            stdin: Stdin::Turns(&[HELLO, READY, call!(2, "read_graph", r#"{}"#)]),
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
