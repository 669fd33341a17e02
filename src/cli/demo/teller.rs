//! How the story is printed: from the stand-in's own log, one line for what happened, by the clock of the demonstration. Nothing is made up here.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::stage::Stage;
use crate::domain::policy::environment::Seconds;
use crate::sandbox::{Entry, World};

/// So many points of an answer are shown; the page has all of it.
const POINTS: usize = 6;

/// What an edit is called in the stand-in's log.
const EDITED: &str = "(edited) ";

/// The mark of a note that previews a change; its first line says enough.
const PREVIEW: &str = "<!-- lockkeeper:preview:";

/// A pause shorter than this is not worth a line: every line has its time.
const PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// Tells what happened since it last told.
#[derive(Default)]
pub(super) struct Teller {
    told: usize,
    day: String,
    /// Panels that were shown in full, and previews, which say the same more often than is worth reading.
    known: BTreeSet<String>,
}

/// A line of the story and what goes below it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    who: String,
    /// Where, if that is a change or an issue.
    places: Vec<String>,
    first: String,
    points: Vec<String>,
}

impl Teller {
    /// What happened up to now is not told.
    pub(super) fn skip(&mut self, stage: &Stage) {
        self.told = stage.world.timeline().len();
    }

    /// Prints what happened. What the bot does at one moment comes in the same order whichever of its hands was faster.
    pub(super) fn tell(&mut self, stage: &Stage) {
        let timeline = stage.world.timeline();
        let news = &timeline[self.told..];
        self.told = timeline.len();
        if let Some(first) = news.first() {
            self.date(first.at);
            self.tales(stage, news).iter().for_each(|one| println!("{}", line(first.at, one)));
        }
    }

    /// Says that time passes. The clock is the demonstration's own, so that nobody has to wait.
    pub(super) fn pass(&self, from: Timestamp, to: Timestamp) {
        let passed = to.duration_since(from);
        if passed >= PAUSE && !self.day.is_empty() {
            let minutes = Seconds::minutes(passed.as_mins().unsigned_abs());
            println!("       … {minutes} pass on the clock of the demo …");
        }
    }

    fn date(&mut self, at: Timestamp) {
        let day = at.strftime("%a %-d %b %Y").to_string();
        if day != self.day {
            println!("{day}");
            self.day = day;
        }
    }

    /// People first, for they are the cause; then what the bot and the executor did, and what the bot said.
    fn tales(&mut self, stage: &Stage, news: &[Entry]) -> Vec<Told> {
        let mut entries = newest(news.iter().filter(|entry| is_told(entry)).collect());
        let machine = stage.scene.machine;
        entries.sort_by_cached_key(|entry| (rank(entry, machine), number(entry), entry.text.clone()));
        let spoken: BTreeSet<String> =
            entries.iter().filter(|entry| panel(entry).is_none()).map(|entry| first_line(entry)).collect();
        // What a panel says in the end stands in a comment of its own, too.
        entries.retain(|entry| panel(entry).is_none() || !spoken.contains(&first_line(entry)));
        entries.into_iter().filter_map(|entry| self.read(&stage.world, entry)).fold(vec![], joined)
    }

    fn read(&mut self, world: &World, entry: &Entry) -> Option<Told> {
        let who = if entry.by_bot { "bot" } else { entry.actor.trim_end_matches("[bot]") };
        let first = first_line(entry);
        if entry.subject == "checks" && entry.by_bot && !self.known.insert(first.clone()) {
            return None;
        }
        let is_in_full = match panel(entry) {
            Some(panel) => first.starts_with('⏳') && self.known.insert(panel.to_owned()),
            None => !entry.text.contains(PREVIEW),
        };
        let is_thread = entry.subject.starts_with('#');
        let places = is_thread.then(|| world.reference(number(entry))).into_iter().collect();
        let points = if is_in_full { points(entry) } else { vec![] };
        Some(Told { who: who.to_owned(), places, first, points })
    }
}

/// Receipts, drafts and what only machines read is on the page; here it would be noise.
fn is_told(entry: &Entry) -> bool {
    let noise = ["reacts :", "drafts release"];
    let is_noise = noise.iter().any(|noise| entry.text.starts_with(noise)) || entry.subject == "runs";
    let is_between = entry.subject == "deployments"
        && [" in_progress", " inactive"].iter().any(|state| entry.text.contains(state));
    !is_noise && !is_between
}

/// Of a panel only what it says in the end: how often it was drawn in between is a matter of speed.
fn newest(entries: Vec<&Entry>) -> Vec<&Entry> {
    let is_last = |at: usize, entry: &Entry| {
        panel(entry).is_none() || entries[at + 1..].iter().all(|later| panel(later) != panel(entry))
    };
    let kept = entries.iter().enumerate().filter(|(at, entry)| is_last(*at, entry));
    kept.map(|(_, entry)| *entry).collect()
}

/// Which panel an entry draws, by the marker below it: `p2`.
fn panel(entry: &Entry) -> Option<&str> {
    let marker = entry.text.lines().last()?.strip_prefix("<!-- lockkeeper:")?;
    let (life_and_promotion, _) = marker.split_once(":panel:")?;
    life_and_promotion.rsplit(':').next()
}

fn rank(entry: &Entry, machine: &str) -> u8 {
    let is_machine = entry.by_bot || entry.actor == machine;
    match entry.subject.as_str() {
        _ if !is_machine => 0,
        "tags" => 1,
        "releases" => 2,
        "deployments" => 3,
        "checks" => 4,
        _ if entry.text.starts_with("opens") => 8,
        _ if entry.text.contains(":note:") => 7,
        _ if panel(entry).is_some() => 5,
        _ => 6,
    }
}

fn number(entry: &Entry) -> u64 {
    entry.subject.trim_start_matches('#').parse().unwrap_or_default()
}

fn first_line(entry: &Entry) -> String {
    let text = entry.text.trim_start_matches(EDITED);
    let first = plain(text.lines().next().unwrap_or_default());
    match (entry.subject.as_str(), first.split_once(": ")) {
        ("deployments", Some((place, _))) => format!("orders {}", place.trim_end_matches(" is asked for")),
        ("checks", Some((check, title))) if entry.by_bot => {
            format!("check on {}: {title}", check.rsplit(' ').next().unwrap_or_default())
        }
        _ => first,
    }
}

/// The list below an answer's first line, if one is there before anything to be copied or unfolded.
fn points(entry: &Entry) -> Vec<String> {
    let ends = ["```", "<details", "**", "<sub"];
    let below = entry.text.lines().skip(1).take_while(|line| !ends.iter().any(|end| line.starts_with(end)));
    below.filter(|line| line.starts_with("- ")).map(plain).take(POINTS).collect()
}

/// The same words in several places are told once.
fn joined(mut all: Vec<Told>, one: Told) -> Vec<Told> {
    match all.last_mut() {
        Some(last) if last.who == one.who && last.first == one.first => last.places.extend(one.places),
        Some(_) | None => all.push(one),
    }
    all
}

fn line(at: Timestamp, told: &Told) -> String {
    let place = match told.places.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first, rest @ ..] => format!("{first} +{}", rest.len()),
    };
    let head = format!("{}  {place:<6} {:<14} ", at.strftime("%H:%M"), told.who);
    let below = format!("\n{}", " ".repeat(head.chars().count()));
    let points: String = told.points.iter().map(|point| format!("{below}{point}")).collect();
    format!("{head}{}{points}", told.first)
}

/// Markdown as it reads without its signs: no bold, no code marks, of a link its words.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, linked)) = rest.split_once('[') {
        let link = linked.split_once("](").and_then(|(words, rest)| Some((words, rest.split_once(')')?.1)));
        let (words, after) = link.unwrap_or(("[", linked));
        text.push_str(before);
        text.push_str(words);
        rest = after;
    }
    text.push_str(rest);
    text.replace("**", "").replace('`', "").trim_end().to_owned()
}
