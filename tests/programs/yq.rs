//! yq, a tool that queries and edits YAML, JSON, XML, CSV and properties.

use crate::program::{Program, Stdin, USE, Use};

pub const PROGRAM: Program = Program {
    package: "github.com/mikefarah/yq/v4@v4.47.2",
    since: "1.24",
    grants: &["--dir", ".", "--dir", "/tmp", "--env", "IMAGE"],
    mixes_stderr: false,
    uses: [
        Use {
            name: "a field of a file",
            files: DEPLOYMENT,
            args: &[".spec.containers[1].image", "app.yaml"],
            says: &["proxy:1.2"],
            ..USE
        },
        Use {
            name: "in place",
            files: DEPLOYMENT,
            args: &[
                "-i",
                ".spec.replicas += 2 | .metadata.labels.tier = \"back\"",
                "app.yaml",
            ],
            ..USE
        },
        Use {
            name: "to JSON",
            files: DEPLOYMENT,
            args: &["-o=json", "-I=1", ".", "app.yaml"],
            says: &["\"replicas\": 3"],
            ..USE
        },
        Use {
            name: "from JSON in a pipe",
            args: &["-p=json", "-o=yaml", "."],
            stdin: Stdin::Text("{\"a\": [1, \"two\", null, 1.50], \"b\": {\"c d\": \"x: y\"}}"),
            says: &["c d: 'x: y'"],
            ..USE
        },
        Use {
            name: "from XML",
            args: &["-p=xml", "-o=yaml"],
            stdin: Stdin::Text("<pets><pet legs=\"4\">Tom</pet><pet legs=\"3\">Rex</pet></pets>"),
            says: &["+@legs"],
            ..USE
        },
        Use {
            name: "from CSV to properties",
            files: &[("t.csv", "name,legs\nTom,4\n\"Rex, Jr\",3\n")],
            args: &["-o=props", ".", "t.csv"],
            says: &["1.name = Rex, Jr"],
            ..USE
        },
        Use {
            name: "files merged",
            files: &[
                ("a.yaml", "# base\na: {x: 1, y: [1]}\n"),
                ("b.yaml", "a: {y: [2], z: 3} # over\n"),
            ],
            args: &[
                "ea",
                ". as $item ireduce ({}; . *+ $item)",
                "a.yaml",
                "b.yaml",
            ],
            says: &["[1, 2]"],
            ..USE
        },
        Use {
            name: "a variable of the environment",
            files: DEPLOYMENT,
            env: &[("IMAGE", "app:2.0")],
            args: &[
                ".spec.containers[] | select(.name == \"app\") | .image = strenv(IMAGE)",
                "app.yaml",
            ],
            says: &["image: \"app:2.0\""],
            ..USE
        },
        Use {
            name: "split into files",
            files: &[("many.yaml", "a: 1\n---\na: 2\n---\na: 3\n")],
            args: &["-s", "\"part_\" + $index", "many.yaml"],
            ..USE
        },
        Use {
            name: "an error in the input",
            files: &[("bad.yaml", "a: [1\nb: {\n")],
            args: &[".a", "bad.yaml"],
            code: 1,
            says: &["bad file 'bad.yaml'"],
            ..USE
        },
    ],
};

const DEPLOYMENT: &[(&str, &str)] = &[(
    "app.yaml",
    "# The app.
apiVersion: v1
metadata:
  name: app # short
  labels: {tier: front}
spec:
  replicas: 3
  containers:
    - name: app
      image: \"app:1.0\"
    - name: proxy
      image: proxy:1.2
",
)];
