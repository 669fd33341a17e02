//! How deployments, environments, checks and runs look on the pages. Nothing is changed from here.

use maud::{Markup, html};

use super::view::{commit_place, frame};
use crate::sandbox::world::World;
use crate::sandbox::{DeploymentView, RunView};

/// Every environment with what stands in it and what was asked for last.
pub(super) fn environments(world: &World) -> Markup {
    let (path, environments) = (world.path(), world.environments());
    html! {
        @if !environments.is_empty() {
            h2 { "Environments" }
            ul.plain {
                @for one in &environments {
                    li {
                        strong { (one.name) } " "
                        @match &one.current {
                            Some(current) => { (reference(world, current)) " " span.soft { "stands here" } }
                            None => span.soft { "nothing stands here" }
                        }
                        @if let Some(newest) = one.newest.as_ref().filter(|newest| one.current.as_ref() != Some(*newest)) {
                            div.soft { "newest: " (reference(world, newest)) " " (mark(newest.state())) " asked for by " (newest.creator) }
                        }
                    }
                }
            }
            p { a href={ "/" (path) "/" (world.wire().manners().pages.deployments) } { "All deployments" } }
        }
    }
}

fn reference(world: &World, one: &DeploymentView) -> Markup {
    let is_commit = one.reference == one.commit;
    html! {
        a href=(commit_place(world, &one.commit)) {
            @if is_commit { code { (one.commit[..7]) } } @else { (one.reference) " " code { (one.commit[..7]) } }
        }
    }
}

/// Green for what is good, plain for the rest.
fn mark(state: &str) -> Markup {
    let kind = if state == "success" { "mark open" } else { "mark" };
    html! { span class=(kind) { (state) } }
}

pub(super) fn deployments(world: &World) -> Markup {
    let all = world.deployments();
    let content = html! {
        h1 { "Deployments" }
        @if all.is_empty() { p.soft { "None yet." } }
        @for one in all.iter().rev() {
            article.bot[one.by_bot] {
                header {
                    strong { (one.environment) "#" (one.nth) } " " (reference(world, one)) " " (mark(one.state()))
                    span.soft { " asked for by " (one.creator) " " time { (one.created_at.strftime("%a %-d %b, %H:%M UTC")) } }
                }
                div {
                    @if let Some(description) = &one.description { p { (description) } }
                    ul.plain {
                        @for report in &one.reports {
                            li {
                                (mark(&report.state)) " " (report.description) " "
                                span.soft { (report.reporter) " " time { (report.at.strftime("%H:%M:%S")) } }
                            }
                        }
                    }
                }
            }
        }
    };
    frame(world, "Deployments", &content)
}

pub(super) fn checks(world: &World) -> Markup {
    let (path, checks, statuses, runs) = (world.path(), world.check_runs(), world.statuses(), world.runs());
    html! {
        @if !checks.is_empty() || !statuses.is_empty() {
            h2 { "Checks" }
            ul.plain {
                @for check in checks.iter().rev() {
                    li {
                        a href={ "/" (path) "/runs/" (check.id) } { (check.title.as_deref().unwrap_or(&check.name)) }
                        " " span.soft {
                            (check.name) " on " code { (check.head[..7]) } " · " (check.conclusion.as_deref().unwrap_or(&check.status))
                            @if !check.by_bot { " · " (check.app) }
                        }
                    }
                }
                @for status in statuses.iter().rev() {
                    li { (status.context) " " span.soft { "on " code { (status.head[..7]) } " · " (status.state) " · " (status.reporter) } }
                }
            }
        }
        @if !runs.is_empty() {
            h2 { "Runs" }
            ul.plain {
                @for run in runs.iter().rev() {
                    li { a href={ "/" (path) "/" (world.wire().manners().pages.run) "/" (run.id) } { code { (run.path) } } " on " (place(run)) " · " (ended(run)) }
                }
            }
        }
    }
}

/// The branch or tag; of a bare commit the beginning of its id.
fn place(run: &RunView) -> &str {
    if run.head_ref == run.head { &run.head[..7] } else { &run.head_ref }
}

fn ended(run: &RunView) -> &str {
    match (run.conclusion.as_deref(), run.status) {
        (Some(conclusion), _) => conclusion,
        (None, "queued") => "started",
        (None, status) => status,
    }
}

pub(super) fn run(world: &World, run: &RunView) -> Markup {
    let content = html! {
        h1 { code { (run.path) } }
        p { "Started on " strong { (place(run)) } " by " (run.actor) " (" (run.event) ") · " (run.conclusion.as_deref().unwrap_or("not ended")) }
        @if !run.inputs.is_empty() {
            ul.plain { @for (name, value) in &run.inputs { li { (name) ": " code { (value) } } } }
        }
        p.soft { "The stand-in runs nothing; it only shows that a forge would." }
    };
    frame(world, &run.path, &content)
}
