//! Pairs what was undone in a range with what undid it. What is read from titles and texts is `change::revert`'s; how it is shown is `say`'s.

use super::range::Unit;
use crate::domain::change::conventional;
use crate::domain::change::revert::Undoing;

/// What became of a unit by reverts in the same range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It has its effect.
    Stands,
    /// This unit undid it, and stands or is of no effect itself.
    UndoneBy(usize),
    /// All that it does is to undo these units, so there is nothing to tell of it.
    Undoes(Vec<usize>),
}

/// The fate of each unit, newest first as the units are. A revert that was itself undone undoes nothing, so the newest is
/// asked first. `kept` units are shown because a person asked for it: nothing happens to them.
pub(super) fn fates(units: &[Unit<'_>], kept: impl Fn(&Unit<'_>) -> bool) -> Vec<Fate> {
    let mut fates = vec![Fate::Stands; units.len()];
    for at in 0..units.len() {
        if matches!(fates[at], Fate::UndoneBy(_)) {
            continue;
        }
        let claims = claims(&units[at]);
        let found: Vec<Vec<usize>> = claims.iter().map(|claim| targets(claim, at, units, &fates)).collect();
        let are_all_here = !found.is_empty() && found.iter().all(|targets| !targets.is_empty());
        let undone: Vec<usize> = found.into_iter().flatten().filter(|it| !kept(&units[*it])).collect();
        undone.iter().for_each(|target| fates[*target] = Fate::UndoneBy(at));
        // One that has something of its own to say is listed with that.
        if are_all_here && !undone.is_empty() && !kept(&units[at]) && units[at].said.notes.is_empty() {
            fates[at] = Fate::Undoes(undone);
        }
    }
    fates
}

/// What a unit says that it undoes: by its title, or by every one of its commits.
fn claims<'a>(unit: &Unit<'a>) -> Vec<Undoing<'a>> {
    let of_commits = unit.commits.iter().map(|commit| body(&commit.message));
    let bodies: Vec<&str> = of_commits.chain([unit.body()]).collect();
    let has_one = unit.own_commits().count() <= 1;
    let titles = [unit.title(), conventional::subject(&unit.newest().message)];
    let named = || titles.iter().any(|title| Undoing::is_title(title));
    if has_one || named() {
        return titles.iter().find_map(|title| Undoing::read(title, &bodies)).into_iter().collect();
    }
    if let Some(told) = Undoing::read("", &[unit.body()]) {
        return vec![told];
    }
    let each = unit
        .own_commits()
        .map(|commit| Undoing::read(conventional::subject(&commit.message), &[body(&commit.message)]));
    // One that does more than to undo is told as what it is.
    each.collect::<Option<Vec<_>>>().unwrap_or_default()
}

fn body(message: &str) -> &str {
    message.trim_start().split_once('\n').map_or("", |(_, body)| body)
}

/// The older units that a claim means and that still stand: by commit, else by number, else by title.
fn targets(claim: &Undoing<'_>, at: usize, units: &[Unit<'_>], fates: &[Fate]) -> Vec<usize> {
    let stands = |it: &usize| !matches!(fates[*it], Fate::UndoneBy(_));
    let older = || (at + 1..units.len()).filter(stands);
    let by_commit: Vec<usize> = match claim.commits.as_slice() {
        [] => vec![],
        names => older().filter(|it| is_covered(&units[*it], names)).collect(),
    };
    // Where it names a part of something, a title would say more than it does.
    let is_a_part = || {
        older().any(|it| units[it].commits.iter().any(|commit| is_named(commit.id.as_str(), &claim.commits)))
    };
    if !by_commit.is_empty() || is_a_part() {
        return by_commit;
    }
    let by_number = |it: &usize| units[*it].number.is_some_and(|number| claim.numbers.contains(&number));
    let by_title = |it: &usize| claim.title.as_ref().is_some_and(|title| is_titled(&units[*it], title));
    older().find(by_number).or_else(|| older().find(by_title)).into_iter().collect()
}

/// Whether all of a unit is named: its merge, its only commit, or each of its commits. One of several is only a part.
fn is_covered(unit: &Unit<'_>, names: &[&str]) -> bool {
    let is_named = |id: &str| is_named(id, names);
    let landing = unit.commits.iter().find(|commit| commit.id == *unit.commit());
    let is_whole = unit.commits.len() == 1 || landing.is_some_and(|commit| commit.parents.len() > 1);
    (is_whole && is_named(unit.commit().as_str()))
        || unit.own_commits().all(|commit| is_named(commit.id.as_str()))
}

fn is_named(id: &str, names: &[&str]) -> bool {
    names.iter().any(|name| id.starts_with(&name.to_ascii_lowercase()))
}

fn is_titled(unit: &Unit<'_>, title: &str) -> bool {
    let bare = |text: &str| conventional::split_number(text.trim()).0.to_owned();
    let wanted = bare(title);
    // The title of one commit of several is not that of the change.
    let is_one = unit.own_commits().count() <= 1;
    bare(unit.title()) == wanted || (is_one && bare(conventional::subject(&unit.newest().message)) == wanted)
}
