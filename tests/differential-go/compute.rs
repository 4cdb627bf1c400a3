//! Random functions that compute: variables of random types, statements that change them, and a
//! digest of their values.

use crate::expr::{Expressions, INTEGERS, Variable};
use std::fmt::Write as _;

/// Declares variables of random types, and uses them.
fn variables(
    e: &mut Expressions<'_>,
    types: &[&'static str],
    count: usize,
    out: &mut String,
) -> Vec<Variable> {
    let mut variables: Vec<Variable> = Vec::new();
    for number in 0..count {
        let ty = *e.rng.pick(types);
        let value = match ty {
            "float32" | "float64" => e.float(ty, 0, &variables),
            _ => e.integer(ty, 0, &variables),
        };
        let name = format!("v{number}");
        let _ = writeln!(out, "\tvar {name} {ty} = {value}\n\t_ = {name}");
        variables.push((name, ty));
    }
    variables
}

fn add(variable: &Variable) -> String {
    match variable.1 {
        "float32" | "float64" => format!("d.float(float64({}))", variable.0),
        _ => format!("d.add(uint64({}))", variable.0),
    }
}

fn assign(e: &mut Expressions<'_>, variables: &[Variable], depth: u32) -> String {
    let (name, ty) = e.rng.pick(variables).clone();
    let value = match ty {
        "float32" | "float64" => e.float(ty, depth, variables),
        _ => e.integer(ty, depth, variables),
    };
    format!("{name} = {value}")
}

pub fn arithmetic(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let _ = writeln!(out, "func f{number}(d *digest) {{");
    let variables = variables(e, &INTEGERS, 5, out);
    let _ = writeln!(out, "\tfor i := 0; i < {}; i++ {{", 10 + e.rng.below(60));
    for _ in 0..4 + e.rng.below(5) {
        let statement = assign(e, &variables, 3);
        if e.rng.chance(30) {
            let (condition, other) = (e.condition(1, &variables), assign(e, &variables, 2));
            let _ = writeln!(
                out,
                "\t\tif {condition} {{\n\t\t\t{statement}\n\t\t}} else {{\n\t\t\t{other}\n\t\t}}"
            );
        } else {
            let _ = writeln!(out, "\t\t{statement}");
        }
    }
    for variable in &variables {
        let _ = writeln!(out, "\t\t{}", add(variable));
    }
    out.push_str("\t}\n}\n\n");
}

pub fn floats(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let _ = writeln!(out, "func f{number}(d *digest) {{");
    let types = ["float64", "float32", "float64", "int32", "uint64"];
    let variables = variables(e, &types, 6, out);
    let _ = writeln!(out, "\tfor i := 0; i < {}; i++ {{", 5 + e.rng.below(40));
    for _ in 0..4 + e.rng.below(4) {
        let statement = assign(e, &variables, 2);
        let _ = writeln!(out, "\t\t{statement}");
    }
    let value = e.float("float64", 2, &variables);
    let to = *e.rng.pick(&INTEGERS);
    let _ = writeln!(
        out,
        "\t\tif x := {value}; x > 0 && x < 100 {{\n\t\t\td.add(uint64({to}(x)))\n\t\t}} else {{\n\t\t\td.text(fmt.Sprint(x, float32(x)))\n\t\t}}"
    );
    for variable in &variables {
        let _ = writeln!(out, "\t\t{}", add(variable));
    }
    out.push_str("\t}\n}\n\n");
}

/// Random control flow: a state machine with gotos by number.
pub fn machine(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let _ = writeln!(out, "func f{number}(d *digest) {{");
    let variables = variables(e, &INTEGERS, 4, out);
    let states = 3 + e.rng.below(8);
    let _ = writeln!(
        out,
        "\tstate := {}\nouter:\n\tfor step := 0; step < {}; step++ {{\n\t\tif step < 0 {{\n\t\t\tbreak outer\n\t\t}}\n\t\tswitch state {{",
        e.rng.below(states),
        20 + e.rng.below(200)
    );
    for state in 0..states {
        let _ = writeln!(out, "\t\tcase {state}:\n\t\t\t{}", assign(e, &variables, 2));
        let (condition, next) = (e.condition(1, &variables), e.rng.below(states));
        let then = match e.rng.below(8) {
            0 => "continue outer".to_string(),
            1 => format!(
                "for k := 0; k < {}; k++ {{ if k == {} {{ continue outer }}; d.add(uint64(k)) }}",
                3 + e.rng.below(5),
                e.rng.below(8)
            ),
            2 if state > 1 => "break outer".to_string(),
            3 => "step += 3; fallthrough".to_string(),
            _ => format!("state = {next}"),
        };
        // Only the last statement of a case may fall through.
        if then.ends_with("fallthrough") && state + 1 < states {
            let _ = writeln!(out, "\t\t\tstep += 3\n\t\t\tfallthrough");
        } else {
            let then = then.replace("; fallthrough", "");
            let _ = writeln!(
                out,
                "\t\t\tif {condition} {{\n\t\t\t\t{then}\n\t\t\t}} else {{\n\t\t\t\tstate = {}\n\t\t\t}}",
                e.rng.below(states)
            );
        }
    }
    out.push_str("\t\t}\n");
    for variable in &variables {
        let _ = writeln!(out, "\t\t{}", add(variable));
    }
    out.push_str("\t}\n}\n\n");
}
