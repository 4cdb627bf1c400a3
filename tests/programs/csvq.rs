//! csvq, a shell of SQL over tables in files.

use crate::program::{Difference, Part, Program, Stdin, USE, Use};

pub const PROGRAM: Program = Program {
    package: "github.com/mithrandie/csvq@v1.18.1",
    since: "1.21",
    grants: &["--dir", "."],
    mixes_stderr: false,
    uses: [
        Use {
            name: "a query",
            files: TABLES,
            args: &["SELECT name, legs FROM pets WHERE legs > 3 ORDER BY name DESC"],
            says: &["Tom,4"],
            differs: &[Difference {
                part: Part::Stdout(
                    "name,legs\nTom,4\nRex,4\n",
                    "+------+------+\n| name | legs |\n+------+------+\n| Tom  | 4    |\n| Rex  | 4    |\n+------+------+\n",
                ),
                why: NO_PIPES,
            }],
            ..USE
        },
        Use {
            name: "a join with groups as text",
            files: TABLES,
            args: &[
                "-f",
                "TEXT",
                "SELECT o.town, COUNT(*) AS n, SUM(p.legs) AS legs, LISTAGG(p.name, '/') WITHIN GROUP (ORDER BY p.name) AS pets FROM pets p JOIN owners o ON p.owner = o.id GROUP BY o.town HAVING COUNT(*) > 0",
            ],
            says: &["Tom/Émile"],
            ..USE
        },
        Use {
            name: "as JSON",
            files: TABLES,
            args: &["-f", "JSON", "-P", "SELECT * FROM owners"],
            says: &["\"town\": \"Köln\""],
            ..USE
        },
        Use {
            name: "updates and a commit",
            files: TABLES,
            args: &[
                "UPDATE pets SET legs = legs - 1 WHERE owner = 1; INSERT INTO pets VALUES ('Ida', 2, 4); COMMIT;",
            ],
            says: &["Commit"],
            ..USE
        },
        Use {
            name: "a rollback",
            files: TABLES,
            args: &[
                "-f",
                "CSV",
                "DELETE FROM pets; SELECT COUNT(*) FROM pets; ROLLBACK; SELECT COUNT(*) FROM pets",
            ],
            says: &["Rollback"],
            ..USE
        },
        Use {
            name: "statements from a file",
            files: &[
                PETS,
                (
                    "x.sql",
                    "DECLARE @n := 0;
DECLARE @name;
DECLARE c CURSOR FOR SELECT name FROM pets;
OPEN c;
WHILE @name IN c DO @n := @n + LEN(@name); PRINTF '%s %s', @name, @n; END WHILE;
CREATE TABLE `new.csv` (a, b); INSERT INTO `new.csv` VALUES (@n, 'x'); COMMIT;
",
                ),
            ],
            args: &["-s", "x.sql"],
            says: &["Tom"],
            ..USE
        },
        Use {
            name: "a table from a pipe",
            args: &[
                "-q",
                "-f",
                "LTSV",
                "SELECT a, b || '!' AS b FROM STDIN WHERE a <> '2'",
            ],
            stdin: Stdin::Text("a,b\n1,x\n2,y\n3,\"z, z\"\n"),
            says: &["b:z, z!"],
            differs: &[
                Difference {
                    part: Part::Code(1),
                    why: NO_PIPES,
                },
                Difference {
                    part: Part::Stdout("a:1\tb:x!\na:3\tb:z, z!\n", ""),
                    why: NO_PIPES,
                },
                Difference {
                    part: Part::Stderr("", "[L:1 C:30] STDIN is empty\n"),
                    why: NO_PIPES,
                },
            ],
            ..USE
        },
        Use {
            name: "windows, dates and regular expressions",
            files: TABLES,
            args: &[
                "-f",
                "GFM",
                "SELECT name, ROW_NUMBER() OVER (PARTITION BY owner ORDER BY name) AS i, DATETIME_FORMAT(ADD_DAY(DATETIME('2024-02-28 12:30:00 +00:00'), 2), '%Y-%m-%d') AS d, REGEXP_REPLACE(name, '[aeiou]', '_') AS r FROM pets ORDER BY 1",
            ],
            says: &["2024-03-01"],
            ..USE
        },
        Use {
            name: "a result into a file",
            files: TABLES,
            args: &[
                "-o",
                "out.tsv",
                "-f",
                "TSV",
                "SELECT name, RANK() OVER (ORDER BY legs) AS r FROM pets",
            ],
            ..USE
        },
        Use {
            name: "an error",
            files: TABLES,
            args: &["SELECT name, color FROM pets"],
            code: 1,
            says: &["field color does not exist"],
            ..USE
        },
    ],
};

const PETS: (&str, &str) = ("pets.csv", "name,owner,legs\nTom,1,4\nRex,2,4\nÉmile,1,3\n");

const TABLES: &[(&str, &str)] = &[PETS, ("owners.csv", "id,town\n1,Köln\n2,Bern\n")];

const NO_PIPES: &str =
    "WASI preview 1 has no file type for pipes: csvq takes a pipe for a file, which is empty";
