//! How the pages look: server-rendered, readable on a phone, nothing loaded from elsewhere.

use axum::http::StatusCode;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{markdown, work};
use crate::sandbox::world::World;
use crate::sandbox::{ChangeView, CheckView, CommentView, ReleaseView};

/// Loads the page again when something happened, unless somebody is writing.
const WATCH: &str = "const seen=document.body.dataset.version;setInterval(async()=>{\
const busy=[...document.querySelectorAll('textarea')].some(t=>t.value)||document.activeElement?.tagName==='INPUT';\
if(busy)return;try{if(await(await fetch('/version')).text()!==seen)location.reload()}catch{}},1000)";

/// Where the page of a change or issue is.
pub(super) fn place(world: &World, number: u64) -> String {
    let is_change = world.changes().iter().any(|one| one.number == number && one.is_change);
    let pages = world.wire().manners().pages;
    format!("/{}/{}/{number}", world.path(), if is_change { pages.change } else { pages.issue })
}

/// Where the page of a commit is.
pub(super) fn commit_place(world: &World, oid: &str) -> String {
    format!("/{}/{}/{oid}", world.path(), world.wire().manners().pages.commit)
}

/// A comment's or a release's text as it is shown in this project.
fn shown(world: &World, text: &str) -> PreEscaped<String> {
    let manners = world.wire().manners();
    let change = format!("/{}/{}", world.path(), manners.pages.change);
    let issue = format!("/{}/{}", world.path(), manners.pages.issue);
    PreEscaped(markdown::render(text, &[(manners.sign, &change), ('#', &issue)]))
}

pub(super) fn frame(world: &World, title: &str, content: &Markup) -> Markup {
    let path = world.path();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (path) }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body data-version=(world.version()) {
                header {
                    a href={ "/" (path) } { strong { (path) } }
                    small { "A stand-in forge on this machine. Nothing here leaves it." }
                }
                main { (content) }
                datalist id="people" { @for login in world.people() { option value=(login) {} } }
                datalist id="labels" { @for name in world.labels() { option value=(name) {} } }
                script { (PreEscaped(WATCH)) }
            }
        }
    }
}

/// A page that only says no.
pub(super) fn refused(status: StatusCode, text: &str) -> (StatusCode, Markup) {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Stand-in forge" }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body { main { h1 { (text) } p { a href="/" { "Back to the project" } } } }
        }
    };
    (status, page)
}

fn person_field() -> Markup {
    html! { label { "as" input name="person" list="people" value="ana" required autocomplete="off"; } }
}

fn labels(change: &ChangeView) -> Markup {
    html! { @for name in &change.labels { " " span.label { (name) } } }
}

pub(super) fn project(world: &World) -> Markup {
    let path = world.path();
    let (changes, issues): (Vec<_>, Vec<_>) = world.changes().into_iter().partition(|one| one.is_change);
    let content = html! {
        h1 { "Changes" }
        @if changes.is_empty() { p.soft { "None yet." } }
        (threads(world, &changes))
        form method="post" action={ "/" (path) "/open" } {
            label { "Open a change" input name="text" placeholder="feat: sign in with passkeys" required autocomplete="off"; }
            label { "label, if any" input name="label" list="labels" autocomplete="off"; }
            (person_field())
            button { "Open" }
        }
        @if !issues.is_empty() { h2 { "Issues" } (threads(world, &issues)) }
        (work::environments(world))
        (releases(world))
        (work::checks(world))
    };
    frame(world, "Changes", &content)
}

/// A list of changes or issues, newest first.
fn threads(world: &World, all: &[ChangeView]) -> Markup {
    html! {
        ul.plain {
            @for one in all.iter().rev() {
                li {
                    span class={ "mark " (one.state) } { (one.state) } " "
                    a href=(place(world, one.number)) { (world.reference(one.number)) " " (one.title) }
                    (labels(one))
                    div.soft {
                        "by " (one.author)
                        @if let Some(milestone) = &one.milestone { " · milestone " (milestone) }
                    }
                }
            }
        }
    }
}

fn releases(world: &World) -> Markup {
    html! {
        h2 { "Releases" }
        @let releases = world.releases();
        @if releases.is_empty() { p.soft { "None yet." } }
        @for release in releases.iter().rev() { (release_card(world, release)) }
        h2 { "Tags" }
        ul.plain {
            @for tag in world.tags().iter().rev() {
                li {
                    strong { (tag.name) } " at " a href=(commit_place(world, &tag.commit)) { code { (tag.commit[..7]) } }
                    span.soft { (if tag.message.is_some() { " annotated" } else { " lightweight" }) }
                }
            }
        }
    }
}

fn release_card(world: &World, release: &ReleaseView) -> Markup {
    let place = format!("/{}/{}", world.path(), world.wire().manners().pages.release);
    let page = if release.is_draft { format!("untagged-{}", release.id) } else { release.tag.clone() };
    html! {
        article {
            header {
                a href={ (place) "/" (page) } { strong { (release.name.as_deref().unwrap_or(&release.tag)) } }
                @if release.is_draft { " " span.mark { "draft" } }
                @if release.is_prerelease { " " span.mark { "pre-release" } }
                @if release.is_latest { " " span.mark.open { "latest" } }
                span.soft { " by " (release.author) }
            }
            div { (shown(world, &release.body)) }
            @for asset in &release.assets { footer { (asset.name) " " small { code { (asset.digest) } } } }
        }
    }
}

pub(super) fn release(world: &World, release: &ReleaseView) -> Markup {
    frame(world, &release.tag, &release_card(world, release))
}

pub(super) fn commit(world: &World, oid: &str, message: &str) -> Markup {
    frame(
        world,
        "Commit",
        &html! { h1 { "Commit " code { (oid.chars().take(7).collect::<String>()) } } pre { (message) } },
    )
}

pub(super) fn compare(world: &World, range: &str, commits: &[(String, String)]) -> Markup {
    let content = html! {
        h1 { (range) }
        ul.plain {
            @for (oid, line) in commits {
                li { a href=(commit_place(world, oid)) { code { (oid[..7]) } } " " (line) }
            }
        }
    };
    frame(world, range, &content)
}

pub(super) fn text(world: &World, title: &str, text: &str) -> Markup {
    frame(world, title, &html! { h1 { (title) } pre { (text) } })
}

pub(super) fn check(world: &World, check: &CheckView) -> Markup {
    let content = html! {
        h1 { (check.title.as_deref().unwrap_or(&check.name)) }
        p.soft { (check.name) " · " (check.conclusion.as_deref().unwrap_or(&check.status)) }
        (shown(world, check.summary.as_deref().unwrap_or_default()))
    };
    frame(world, &check.name, &content)
}

fn comment(world: &World, one: &CommentView) -> Markup {
    html! {
        article.bot[one.by_bot] {
            header {
                strong { (one.author) } " "
                time { (one.created_at.strftime("%a %-d %b, %H:%M UTC")) }
            }
            div { (shown(world, &one.body)) }
            @if !one.reactions.is_empty() {
                footer { @for reaction in &one.reactions { (emoji(&reaction.content)) " " span.soft { (reaction.author) } " " } }
            }
        }
    }
}

fn emoji(content: &str) -> &'static str {
    match content {
        "+1" => "👍",
        "-1" => "👎",
        "laugh" => "😄",
        "confused" => "😕",
        "heart" => "❤️",
        "hooray" => "🎉",
        "rocket" => "🚀",
        _ => "👀",
    }
}

pub(super) fn conversation(world: &World, change: &ChangeView) -> Markup {
    let place = format!("/{}/threads/{}", world.path(), change.number);
    let mut said = world.comments(change.number);
    said.extend(world.review_comments(change.number));
    said.extend(world.reviews(change.number));
    said.sort_by_key(|one| (one.created_at, one.id));
    let is_mergeable = change.state == "open" && change.is_change;
    let content = html! {
        h1 { (world.reference(change.number)) " " (change.title) }
        p { span class={ "mark " (change.state) } { (change.state) } (labels(change)) span.soft { " by " (change.author) } }
        @if !change.body.is_empty() { article { div { (shown(world, &change.body)) } } }
        @for check in world.check_runs().iter().filter(|check| Some(&check.head) == change.head.as_ref()) {
            p { "Check " a href={ "/" (world.path()) "/runs/" (check.id) } { (check.title.as_deref().unwrap_or(&check.name)) } }
        }
        @for one in &said { (comment(world, one)) }
        form method="post" action={ (place) "/comment" } {
            label { "Comment" textarea name="text" required placeholder="/release plan" {} }
            (person_field())
            button { "Comment" }
        }
        form method="post" action={ (place) "/label" } {
            label { "Add a label" input name="label" list="labels" required autocomplete="off"; }
            (person_field())
            button { "Label" }
        }
        @if is_mergeable {
            form method="post" action={ (place) "/merge" } { (person_field()) button { "Merge" } }
        }
    };
    frame(world, &world.reference(change.number), &content)
}
