//! What is meant by the words on the command line: a project, a promotion, an environment; where nothing is, what could be meant. What is told of it is not known here.

use anyhow::bail;

use crate::domain::id::{EnvironmentName, ForgeName, ProjectPath, PromotionId};
use crate::domain::state::State;
use crate::engine::Engine;
use crate::store::Project;

/// How many alternatives are named at most.
const ALTERNATIVES: usize = 5;

/// The project of this path, on this forge where there are two.
pub(super) async fn project(
    engine: &Engine,
    path: &ProjectPath,
    forge: Option<&ForgeName>,
) -> anyhow::Result<Project> {
    let mut known = engine.store.projects().await?;
    known.retain(|project| forge.is_none_or(|forge| project.lane.forge() == forge));
    let is_meant = |project: &Project| project.row.path.as_str().eq_ignore_ascii_case(path.as_str());
    let meant: Vec<usize> = (0..known.len()).filter(|at| is_meant(&known[*at])).collect();
    match meant[..] {
        [] => {}
        [at] => return Ok(known.swap_remove(at)),
        _ => {
            let forges: Vec<_> =
                meant.iter().map(|at| format!("`--forge {}`", known[*at].lane.forge())).collect();
            bail!("there is a project {path} on several forges\n\nSay which with {}.", forges.join(" or "));
        }
    }
    if known.is_empty() {
        bail!(
            "this database knows no project yet\n\nName the server's with LOCKKEEPER_DATABASE_URL or --database-url."
        );
    }
    let names = known.iter().map(|project| project.row.path.to_string()).collect();
    bail!("this database knows no project `{path}`\n\n{}", alternatives(path.as_str(), names))
}

/// The promotions that are meant, in the order in which they are told.
pub(super) async fn promotions(
    engine: &Engine,
    project: &Project,
    state: &State,
    what: Option<&str>,
) -> anyhow::Result<Vec<PromotionId>> {
    let Some(what) = what else {
        let open: Vec<PromotionId> = in_order(state, |_| true);
        if open.is_empty() {
            bail!("no promotion of {} is open\n\n{}", project.row.path, latest(engine, project).await?);
        }
        return Ok(open);
    };
    if let Some(id) = number(what) {
        return one(engine, project, state, id).await.map(|id| vec![id]);
    }
    let known = engine.environments(&project.lane, state).await?;
    let environment = environment(what, &known, &project.row.path)?;
    let open = in_order(state, |into| into == environment);
    if !open.is_empty() {
        return Ok(open);
    }
    let past = engine.store.past_promotions_into(&project.lane, environment, 1).await?;
    if past.is_empty() {
        bail!("nothing was ever promoted to {environment}\n\n{}", latest(engine, project).await?);
    }
    Ok(past.into_iter().map(|row| row.id).collect())
}

/// Open promotions: what has its place first, then by number.
fn in_order(state: &State, wanted: impl Fn(&EnvironmentName) -> bool) -> Vec<PromotionId> {
    let open = state.promotions.values().filter(|open| wanted(&open.asked.environment));
    let mut open: Vec<_> = open.map(|open| (!open.has_slot(), open.asked.kind, open.id())).collect();
    open.sort();
    open.into_iter().map(|(_, _, id)| id).collect()
}

/// `p7`, `7`, or with a revision `p7.2`.
fn number(what: &str) -> Option<PromotionId> {
    let digits = what.trim().trim_start_matches(['p', 'P']);
    let digits = digits.split_once('.').map_or(digits, |(number, _)| number);
    digits.parse().ok().map(PromotionId)
}

async fn one(
    engine: &Engine,
    project: &Project,
    state: &State,
    id: PromotionId,
) -> anyhow::Result<PromotionId> {
    let is_there =
        state.promotions.contains_key(&id) || engine.store.past_promotion(&project.lane, id).await?.is_some();
    if is_there {
        return Ok(id);
    }
    bail!("{} has no promotion {id}\n\n{}", project.row.path, latest(engine, project).await?)
}

/// What could be meant instead: what is open, and what ended last.
async fn latest(engine: &Engine, project: &Project) -> anyhow::Result<String> {
    let state = engine.state_of(&project.lane).await?;
    let open = state.promotions.values().map(|open| {
        let asked = &open.asked;
        format!("  {}  v{} → {}, open", asked.id, asked.version, asked.environment)
    });
    let limit = u32::try_from(ALTERNATIVES).unwrap_or(u32::MAX);
    let past = engine.store.past_promotions(&project.lane, limit).await?;
    let past = past
        .into_iter()
        .map(|row| format!("  {}  v{} → {}, {}", row.id, row.version, row.environment, row.ended));
    let all: Vec<String> = open.chain(past).take(2 * ALTERNATIVES).collect();
    if all.is_empty() {
        return Ok("There was none so far.".to_owned());
    }
    Ok(format!("The newest there are:\n{}", all.join("\n")))
}

/// An environment by its name or by a beginning that only it has.
fn environment<'a>(
    what: &str,
    known: &'a [EnvironmentName],
    project: &ProjectPath,
) -> anyhow::Result<&'a EnvironmentName> {
    let lower = what.to_lowercase();
    if let Some(exact) = known.iter().find(|name| name.as_str().to_lowercase() == lower) {
        return Ok(exact);
    }
    let begin: Vec<&EnvironmentName> =
        known.iter().filter(|name| name.as_str().to_lowercase().starts_with(&lower)).collect();
    if let [only] = begin[..] {
        return Ok(only);
    }
    if known.is_empty() {
        bail!("{project} has no environment that anything was brought to");
    }
    let names = known.iter().map(ToString::to_string).collect();
    bail!("nothing is known of an environment `{what}` of {project}\n\n{}", alternatives(what, names))
}

/// The nearest names, nearest first.
fn alternatives(written: &str, mut names: Vec<String>) -> String {
    let lower = written.to_lowercase();
    let distance = |name: &String| strsim::damerau_levenshtein(&lower, &name.to_lowercase());
    names.sort_by_key(distance);
    let is_near = |name: &&String| distance(name) <= 1 + name.chars().count() / 3;
    let near: Vec<String> =
        names.iter().take_while(is_near).take(3).map(|name| format!("`{name}`")).collect();
    if near.is_empty() {
        let shown: Vec<String> = names.iter().take(ALTERNATIVES).map(|name| format!("`{name}`")).collect();
        return format!("Known: {}", shown.join(", "));
    }
    format!("Did you mean {}?", near.join(" or "))
}
