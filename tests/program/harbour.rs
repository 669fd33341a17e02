//! The stage of tests that look at promotions: a release that is in staging, and waits for production, with the real server on the stand-in. No test is here.

use std::time::Duration;

use lockkeeper::clock::Clock;
use lockkeeper::sandbox::{ACTIONS, Role};

use crate::stage::{Server, Stage, until};

const SOON: Duration = Duration::from_secs(20);

/// Nobody waits for hours here, so nothing soaks.
const POLICY: &str = "environments:\n  staging: { deploy: event }\n  production:\n    after: staging\n    \
                      deploy: event\n    approvals: 1\n    waves: [[eu-1], [us-1, us-2]]\n";

/// What a person may call a change to get at those who read it.
pub(crate) const TITLE: &str = "Sign in </summary><script>alert(1)</script><img src=x onerror=alert(2)>";

/// A reason that would be markup if it were not only text.
pub(crate) const REASON: &str = "<b>wait</b> for the [data team](https://evil.example)";

/// The stage with its server running.
pub(crate) struct Harbour {
    pub(crate) stage: Stage,
    pub(crate) server: Server,
    pub(crate) change: u64,
}

impl Harbour {
    /// v1.5.0 is in staging (p1) and waits for an approval on its way to production (p2).
    pub(crate) async fn set() -> Self {
        let stage = Stage::set(Clock::system()).await;
        let world = &stage.world;
        for login in ["ana", "bob", "cem"] {
            world.give_role(login, Role::Write);
        }
        world.push_file(".github/lockkeeper.yml", POLICY);
        let first = world.open_change("cem", "Show prices with tax");
        let at = world.merge(first, "cem");
        world.annotated_tag_by_hand("ana", "v1.4.2", &at);
        world.release_by_hand("ana", "v1.4.2", &at);
        let server = stage.serve().await;
        world.install();
        let change = world.open_change("ana", TITLE);
        world.merge(change, "bob");
        let harbour = Self { stage, server, change };
        harbour.says("ana", "/release cut v1.5.0", "v1.5.0 is cut").await;
        harbour.says("ana", "/release promote staging", "v1.5.0 → staging").await;
        harbour.succeeds("staging").await;
        harbour.hears("staging runs v1.5.0 since").await;
        harbour.says("ana", "/release promote production", "v1.5.0 → production waits").await;
        harbour.hears("v1.5.0 → production needs one of you").await;
        harbour
    }

    /// Somebody comments, and the bot answers with this.
    pub(crate) async fn says(&self, login: &str, line: &str, answer: &str) {
        self.stage.world.comment(login, self.change, line);
        self.hears(answer).await;
    }

    /// The bot says this, in a comment that is new or edited.
    pub(crate) async fn hears(&self, answer: &str) {
        let is_said = || {
            let said = self.stage.world.bot_comments(self.change);
            said.iter().any(|comment| plain(comment).contains(answer))
        };
        until_else(answer, is_said, || {
            let said = self.stage.world.bot_comments(self.change);
            let said: Vec<String> = said.iter().map(|comment| plain(comment)).collect();
            format!("{}\n{}", said.join("\n---\n"), self.stage.log())
        })
        .await;
    }

    /// The usual executor reports that the newest deployment to a place is there.
    pub(crate) async fn succeeds(&self, place: &str) {
        let world = &self.stage.world;
        until("the deployment", SOON, || !world.deployments_to(place).is_empty()).await;
        let newest = world.deployments_to(place).pop().unwrap();
        world.report(ACTIONS, newest.id, "success", "");
    }

    /// Runs `lockkeeper explain` beside the server: exit code, standard output, standard error.
    pub(crate) async fn explain(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let all: Vec<&str> = ["explain"].iter().chain(arguments).copied().collect();
        let output = self.stage.run(&all).await;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }
}

fn plain(markdown: &str) -> String {
    markdown.replace(['\\', '*', '`'], "")
}

async fn until_else(what: &str, is_true: impl Fn() -> bool, otherwise: impl Fn() -> String) {
    let waited = tokio::time::timeout(SOON, async {
        while !is_true() {
            tokio::time::sleep(crate::stage::BEAT).await;
        }
    });
    assert!(waited.await.is_ok(), "`{what}` was not said:\n{}", otherwise());
}
