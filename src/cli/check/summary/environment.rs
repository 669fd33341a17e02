//! What the environments of a policy mean, in plain words for a terminal: how a release gets there, what it waits for, what happens then. Nothing is checked here.

use std::fmt::Write as _;

use crate::domain::policy::environment::{
    Announce, ApprovalRule, Automation, Check, Deploy, Environment, Seconds,
};

use super::{principal, printable};

/// The environments in the order of the file, each with a line per thing to know.
pub(super) fn all(text: &mut String, environments: &[Environment]) {
    for environment in environments {
        let _ = writeln!(text, "\n{}", environment.name);
        for (head, body) in lines(environment) {
            let _ = writeln!(text, "  {head:<10} {}", printable(&body));
        }
    }
}

fn lines(environment: &Environment) -> Vec<(&'static str, String)> {
    let mut lines = vec![("gets there", gets_there(&environment.deploy))];
    if let Deploy::Observe { .. } = environment.deploy {
        return lines;
    }
    lines.push(("begins", begins(environment)));
    lines.extend(
        waits(environment)
            .into_iter()
            .enumerate()
            .map(|(at, one)| (if at == 0 { "waits for" } else { "" }, one)),
    );
    lines.push(("then", steps(environment)));
    lines.push(("gives up", gives_up(environment)));
    lines.push(("says", says(environment.announce).to_owned()));
    lines
}

fn gets_there(deploy: &Deploy) -> String {
    match deploy {
        Deploy::Event { reporters } => {
            format!("a deployment that others carry out{}", counted(reporters))
        }
        Deploy::Observe { reporters } => {
            format!("others deploy, it is only watched{}", counted(reporters))
        }
        Deploy::Run { what, inputs } if inputs.is_empty() => format!("{} is started on the tag", named(what)),
        Deploy::Run { what, inputs } => {
            let inputs: Vec<_> = inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{} is started on the tag, with {}", named(what), inputs.join(", "))
        }
    }
}

fn counted(reporters: &[String]) -> String {
    if reporters.is_empty() { String::new() } else { format!("; reports of {} count", reporters.join(", ")) }
}

fn named(what: &Automation) -> String {
    match what {
        Automation::Workflow(file) => file.clone(),
        Automation::Pipeline(name) | Automation::Job(name) => format!("{} {name}", what.key()),
    }
}

fn begins(environment: &Environment) -> String {
    match (environment.auto_promote, environment.after.as_slice()) {
        (false, _) => "when somebody asks for it".to_owned(),
        (true, []) => "by itself, once a release is cut".to_owned(),
        (true, after) => format!("by itself, once a release is in {}", together(after)),
    }
}

fn waits(environment: &Environment) -> Vec<String> {
    let conditions = &environment.conditions;
    let mut waits = Vec::new();
    if !environment.after.is_empty() {
        let after = together(&environment.after);
        waits.push(if conditions.soak.is_zero() {
            format!("the same commit in {after}")
        } else {
            format!("the same commit healthy in {after} for {}", conditions.soak)
        });
    }
    if !conditions.checks.is_empty() {
        let checks: Vec<_> = conditions.checks.iter().map(check).collect();
        waits.push(format!("checks passed: {}", checks.join(", ")));
    }
    waits.extend(conditions.approvals.iter().map(approvals));
    waits
}

fn check(check: &Check) -> String {
    match check.app {
        Some(app) => format!("{} by app {app}", check.name),
        None => check.name.clone(),
    }
}

fn approvals(rule: &ApprovalRule) -> String {
    let of = match rule.from.as_slice() {
        [] => "whoever may approve".to_owned(),
        from => from.iter().map(principal).collect::<Vec<_>>().join(" or "),
    };
    let but = if rule.not_authors { "not who asked, and no author of a change" } else { "not who asked" };
    let approvals = if rule.count == 1 { "approval" } else { "approvals" };
    format!("{} {approvals} by {of}, {but}", rule.count)
}

fn steps(environment: &Environment) -> String {
    let watched = match environment.bake {
        Seconds(0) => String::new(),
        bake => format!(", each watched for {bake}"),
    };
    let waves: Vec<_> = environment.waves.iter().map(|wave| together(wave)).collect();
    match waves.as_slice() {
        [] if environment.bake.is_zero() => "all of it in one step".to_owned(),
        [] => format!("all of it in one step, watched for {}", environment.bake),
        waves => format!("{}{watched}", waves.join(", then ")),
    }
}

fn gives_up(environment: &Environment) -> String {
    format!(
        "a deployment fails after {}, a promotion that waits lapses after {}",
        environment.timeout, environment.expires
    )
}

fn says(announce: Announce) -> &'static str {
    match announce {
        Announce::Comment => "each change of the release hears of it, in one comment",
        Announce::Quiet => "nothing on the changes of the release",
    }
}

/// `a`, `a and b`, `a, b and c`.
fn together<T: ToString>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(T::to_string).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
