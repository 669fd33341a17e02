//! Pages of the stand-in for people: read what is there, comment, label, merge, open a change, and watch the bot answer. Loopback
//! only; no model rule lives here, an act that the forge refuses is shown as refused.

mod markdown;
mod view;
mod work;

use axum::Router;
use axum::extract::{Form, Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::model::{MergeMethod, Model, Refusal};
use super::world::World;

/// What a page may load: its own style and script, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The pages as a router, to be served on the loopback.
pub fn router(world: World) -> Router {
    Router::new()
        .route("/", get(overview))
        .route("/version", get(version))
        .route("/{owner}/{repo}", get(project))
        .route("/{owner}/{repo}/pull/{number}", get(conversation))
        .route("/{owner}/{repo}/issues/{number}", get(conversation))
        .route("/{owner}/{repo}/releases/tag/{*tag}", get(release))
        .route("/{owner}/{repo}/commit/{oid}", get(commit))
        .route("/{owner}/{repo}/compare/{*range}", get(compare))
        .route("/{owner}/{repo}/blob/{*file}", get(file))
        .route("/{owner}/{repo}/runs/{id}", get(check))
        .route("/{owner}/{repo}/actions/runs/{id}", get(run))
        .route("/{owner}/{repo}/deployments", get(deployments))
        .route("/{owner}/{repo}/deployments/activity_log", get(deployments))
        .route("/{owner}/{repo}/-/merge_requests/{number}", get(conversation))
        .route("/{owner}/{repo}/-/issues/{number}", get(conversation))
        .route("/{owner}/{repo}/-/releases/{*tag}", get(release))
        .route("/{owner}/{repo}/-/commit/{oid}", get(commit))
        .route("/{owner}/{repo}/-/compare/{*range}", get(compare))
        .route("/{owner}/{repo}/-/blob/{*file}", get(file))
        .route("/{owner}/{repo}/-/pipelines/{id}", get(run))
        .route("/{owner}/{repo}/-/jobs/{id}", get(job))
        .route("/{owner}/{repo}/-/environments", get(deployments))
        .route("/{owner}/{repo}/open", post(open))
        .route("/{owner}/{repo}/threads/{number}/comment", post(comment))
        .route("/{owner}/{repo}/threads/{number}/label", post(label))
        .route("/{owner}/{repo}/threads/{number}/merge", post(merge))
        .fallback(|| async { view::refused(StatusCode::NOT_FOUND, "There is no such page in the stand-in.") })
        .layer(middleware::from_fn(guard))
        .with_state(world)
}

/// Only this machine's own pages may ask: the name asked for is a loopback one (no rebinding), and a form comes from here.
async fn guard(request: Request, next: Next) -> Response {
    if !is_ours(request.method(), request.headers()) {
        return view::refused(StatusCode::FORBIDDEN, "Only pages of the stand-in itself may ask this.")
            .into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.parse().expect("it is a header's value"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, "nosniff".parse().expect("it is a header's value"));
    response
}

fn is_ours(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST) else { return false };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_loopback = matches!(name, "127.0.0.1" | "localhost" | "[::1]");
    let origin = text(header::ORIGIN);
    is_loopback && (method == Method::GET || origin == Some(format!("http://{host}").as_str()))
}

async fn version(State(world): State<World>) -> String {
    world.version().to_string()
}

async fn overview(State(world): State<World>) -> Response {
    Redirect::to(&format!("/{}", world.path())).into_response()
}

/// The project of an address, also of one that it had before.
fn find(world: &World, owner: &str, repo: &str) -> Option<World> {
    let path = format!("{owner}/{repo}");
    let known = {
        let model = world.look();
        model.find_project(&path).or_else(|| model.find_moved(&path)).map(|project| model.path_of(project))
    };
    known.map(|path| world.at(&path))
}

type Place = Path<(String, String)>;
type Thread = Path<(String, String, u64)>;
type Named = Path<(String, String, String)>;

async fn project(State(world): State<World>, Path((owner, repo)): Place) -> Response {
    find(&world, &owner, &repo).map_or_else(nothing, |world| view::project(&world).into_response())
}

async fn deployments(State(world): State<World>, Path((owner, repo)): Place) -> Response {
    find(&world, &owner, &repo).map_or_else(nothing, |world| work::deployments(&world).into_response())
}

async fn conversation(State(world): State<World>, Path((owner, repo, number)): Thread) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    let found = world.changes().into_iter().find(|change| change.number == number);
    found.map_or_else(nothing, |change| view::conversation(&world, &change).into_response())
}

async fn release(State(world): State<World>, Path((owner, repo, tag)): Named) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    let is_meant = |one: &super::ReleaseView| one.tag == tag || format!("untagged-{}", one.id) == tag;
    let found = world.releases().into_iter().rev().find(is_meant);
    found.map_or_else(nothing, |release| view::release(&world, &release).into_response())
}

async fn commit(State(world): State<World>, Path((owner, repo, oid)): Named) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    let text = world.commit_message(&oid);
    text.map_or_else(nothing, |text| view::commit(&world, &oid, &text).into_response())
}

async fn compare(State(world): State<World>, Path((owner, repo, range)): Named) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    let commits = range.split_once("...").and_then(|(base, head)| world.commits_between(base, head));
    commits.map_or_else(nothing, |commits| view::compare(&world, &range, &commits).into_response())
}

async fn file(State(world): State<World>, Path((owner, repo, file)): Named) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    // A branch's name may hold slashes: the longest that is one goes first.
    let splits = file.match_indices('/').rev();
    let text =
        splits.map(|(at, _)| (&file[..at], &file[at + 1..])).find_map(|(at, path)| world.file(at, path));
    text.map_or_else(nothing, |text| view::text(&world, &file, &text).into_response())
}

async fn check(State(world): State<World>, Path((owner, repo, id)): Thread) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    let found = world.check_runs().into_iter().find(|check| check.id == id);
    found.map_or_else(nothing, |check| view::check(&world, &check).into_response())
}

async fn run(State(world): State<World>, Path((owner, repo, id)): Thread) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    let found = world.runs().into_iter().find(|run| run.id == id);
    found.map_or_else(nothing, |run| work::run(&world, &run).into_response())
}

async fn job(State(world): State<World>, Path((owner, repo, id)): Thread) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    let found = world.runs().into_iter().find(|run| run.jobs.iter().any(|job| job.id == id));
    found.map_or_else(nothing, |run| work::run(&world, &run).into_response())
}

fn nothing() -> Response {
    view::refused(StatusCode::NOT_FOUND, "There is nothing here.").into_response()
}

/// What a form says; each form uses its own part.
#[derive(Deserialize)]
struct Said {
    person: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    label: String,
}

async fn open(State(world): State<World>, Path((owner, repo)): Place, Form(said): Form<Said>) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    act(&world, &said.person, |model, project, actor| {
        let base = model.project(project)?.default_branch.clone();
        let number = model.open_change(project, actor, said.text.trim(), &base)?;
        if !said.label.trim().is_empty() {
            model.label(project, actor, number, said.label.trim())?;
        }
        Ok(number)
    })
}

async fn comment(
    State(world): State<World>,
    Path((owner, repo, number)): Thread,
    Form(said): Form<Said>,
) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    // A form's lines end with CR LF; a comment's do not.
    let text = said.text.replace("\r\n", "\n");
    act(&world, &said.person, |model, project, actor| {
        model.comment(project, actor, number, &text).map(|_| number)
    })
}

async fn label(
    State(world): State<World>,
    Path((owner, repo, number)): Thread,
    Form(said): Form<Said>,
) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    act(&world, &said.person, |model, project, actor| {
        model.label(project, actor, number, said.label.trim()).map(|()| number)
    })
}

async fn merge(
    State(world): State<World>,
    Path((owner, repo, number)): Thread,
    Form(said): Form<Said>,
) -> Response {
    let Some(world) = find(&world, &owner, &repo) else { return nothing() };
    act(&world, &said.person, |model, project, actor| {
        model.merge(project, actor, number, MergeMethod::Squash).map(|_| number)
    })
}

/// Does what a form asks for as a person, and shows the thread that it is about.
fn act(
    world: &World,
    person: &str,
    what: impl FnOnce(&mut Model, u64, u64) -> Result<u64, Refusal>,
) -> Response {
    let login = person.trim();
    let is_name = !login.is_empty() && login.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !is_name {
        return view::refused(StatusCode::UNPROCESSABLE_ENTITY, "Say who you are: letters, digits, hyphens.")
            .into_response();
    }
    let project = world.project_id();
    let outcome = world.attempt(|model| {
        let actor = model.person(login);
        what(model, project, actor)
    });
    match outcome {
        Ok(number) => Redirect::to(&view::place(world, number)).into_response(),
        Err(refusal) => {
            let text = format!("The stand-in refuses: {refusal}");
            view::refused(StatusCode::UNPROCESSABLE_ENTITY, &text).into_response()
        }
    }
}
