//! The stand-in GitHub driven by a client that nobody here wrote. What is asked is in `tests/referee/octokit_client.mjs`.

use std::path::Path;

use super::drive::{self, Bot};
use super::judge::{Judges, serve};

#[tokio::test(flavor = "multi_thread")]
async fn octokit_cuts_a_release_on_the_stand_in() {
    let Some(judges) = Judges::find() else { return };
    judges.have_node("@octokit/rest", "@octokit/rest@22.0.1");
    let world = drive::story();
    let address = serve(&world).await;
    let token = Bot::new(&world, &address).await.token;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/referee/octokit_client.mjs");
    let mut command = judges.node(&script);
    command.args([&address, &token]);
    let output =
        tokio::task::spawn_blocking(move || command.output()).await.expect("it ends").expect("node is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    assert_eq!(world.unknown_routes(), Vec::<String>::new());
    let tag = world.tags().into_iter().find(|tag| tag.name == "v1.5.0").expect("it was tagged");
    assert_eq!(tag.message.as_deref().map(str::trim), Some("v1.5.0"));
    let release =
        world.releases().into_iter().find(|release| release.tag == "v1.5.0").expect("it was released");
    assert_eq!((release.body.as_str(), release.is_draft, release.is_latest), ("Better notes", false, true));
    let states: Vec<String> =
        world.deployments_to("production").iter().map(|one| one.state().to_owned()).collect();
    assert_eq!(states, ["success"]);
    let said =
        world.changes().iter().flat_map(|change| world.bot_comments(change.number)).collect::<Vec<_>>();
    assert_eq!(said, ["**Next: v1.5.0** (edited)"]);
}
