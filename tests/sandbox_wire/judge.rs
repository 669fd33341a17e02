//! Starting the judges: the validating proxy, the webhook validator, the GraphQL checker. What is judged is not decided here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lockkeeper::sandbox::{DeliveryRecord, World, github};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Where the judges are.
pub(crate) struct Judges {
    shared: PathBuf,
    modules: PathBuf,
}

/// A running validating proxy; ends with this value.
pub(crate) struct Referee {
    child: Child,
    pub(crate) address: String,
}

impl Drop for Referee {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Referee {
    pub(crate) async fn report(&self) -> Value {
        let url = format!("{}/__referee", self.address);
        reqwest::get(url).await.expect("the referee runs").json().await.expect("the referee answers JSON")
    }
}

/// Serves a world on a free port of the loopback.
pub(crate) async fn serve(world: &World) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
    let address = format!("http://{}", listener.local_addr().expect("it is bound"));
    tokio::spawn(github::serve(world.clone(), listener));
    address
}

impl Judges {
    /// The judges, installed on first use into `target/referee`; `None` where no shared folder is named.
    pub(crate) fn find() -> Option<Self> {
        let Some(shared) = std::env::var_os("LOCKKEEPER_SHARED").map(PathBuf::from) else {
            println!("skipped: LOCKKEEPER_SHARED is not set");
            return None;
        };
        assert!(shared.join("referee").is_dir(), "LOCKKEEPER_SHARED names a folder without `referee`");
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
        let installed = std::env::var_os("LOCKKEEPER_REFEREE").map(PathBuf::from);
        let modules = installed.unwrap_or_else(|| target.join("referee"));
        // Tests run side by side, also as processes: one installs, the others wait.
        let lock = fs::File::create(target.join("referee.lock")).expect("the target folder can be written");
        lock.lock().expect("a file can be locked");
        if !modules.join("node_modules/@octokit/openapi").is_dir() {
            let status = Command::new(shared.join("referee/setup.sh")).arg(&modules).status();
            assert!(status.is_ok_and(|status| status.success()), "the referee cannot be set up");
        }
        Some(Self { shared, modules })
    }

    /// Node with a script, in the folder of the judges.
    pub(crate) fn node(&self, script: &Path) -> Command {
        let mut command = Command::new("node");
        command.current_dir(&self.modules).arg(script);
        command
    }

    /// A world behind the validating proxy.
    pub(crate) async fn referee(&self, world: World) -> (World, Referee) {
        let upstream = serve(&world).await;
        (world, self.referee_before(&upstream).await)
    }

    /// The validating proxy before whatever answers at an address.
    pub(crate) async fn referee_before(&self, upstream: &str) -> Referee {
        let spec = PathBuf::from("node_modules/@octokit/openapi/generated/api.github.com.json");
        self.start(&spec, &["--profile", "github", "--ignore", "^/graphql$", "--upstream", upstream]).await
    }

    /// GitLab's description.
    pub(crate) fn gitlab_description(&self) -> PathBuf {
        self.shared.join("referee/gitlab-openapi.json")
    }

    /// The validating proxy, judging by a description of GitLab.
    pub(crate) async fn gitlab_referee_before(&self, description: &Path, upstream: &str) -> Referee {
        self.start(
            description,
            &["--profile", "gitlab", "--ignore", "^/api/graphql$", "--upstream", upstream],
        )
        .await
    }

    async fn start(&self, spec: &Path, arguments: &[&str]) -> Referee {
        let port = {
            let probe = TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
            probe.local_addr().expect("it is bound").port()
        };
        let mut command = self.node(&self.shared.join("referee/oas_referee.mjs"));
        command.arg("--spec").arg(spec).args(arguments);
        let child = command.args(["--port", &port.to_string()]).stdout(Stdio::null()).spawn();
        let referee =
            Referee { child: child.expect("node is there"), address: format!("http://127.0.0.1:{port}") };
        for _ in 0..100 {
            if reqwest::get(format!("{}/__referee", referee.address)).await.is_ok() {
                return referee;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the referee does not start");
    }

    /// Python with the judges of GitLab's webhooks.
    pub(crate) fn python(&self) -> Command {
        let mut command = Command::new(self.modules.join("py/bin/python"));
        command.current_dir(&self.modules);
        command
    }

    /// Installs a Python package unless it can be imported.
    pub(crate) fn have_python(&self, module: &str, package: &str) {
        let _lock = self.lock();
        let is_there = self.python().args(["-c", &format!("import {module}")]).output();
        if !is_there.is_ok_and(|output| output.status.success()) {
            let installed = self.python().args(["-m", "pip", "-q", "install", package]).status();
            assert!(installed.is_ok_and(|status| status.success()), "{package} cannot be installed");
        }
    }

    /// Installs a package of node unless it is there.
    pub(crate) fn have_node(&self, module: &str, package: &str) {
        let _lock = self.lock();
        if !self.modules.join("node_modules").join(module).is_dir() {
            let mut npm = Command::new("npm");
            npm.current_dir(&self.modules).args(["install", "--silent", "--no-audit", "--no-fund"]);
            let installed = npm.args(["--ignore-scripts", package]).status();
            assert!(installed.is_ok_and(|status| status.success()), "{package} cannot be installed");
        }
    }

    /// Tests run side by side, also as processes: one installs, the others wait.
    fn lock(&self) -> fs::File {
        let lock = fs::File::create(self.modules.join("install.lock")).expect("the folder can be written");
        lock.lock().expect("a file can be locked");
        lock
    }

    /// What GitHub's webhook schemas say against the payloads; empty is good.
    pub(crate) fn webhooks(&self, deliveries: &[DeliveryRecord]) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for (index, delivery) in deliveries.iter().enumerate() {
            let text = json!({ "event": delivery.event, "payload": delivery.payload }).to_string();
            fs::write(folder.path().join(format!("{index:04}.json")), text).expect("it can be written");
        }
        let script = self.shared.join("referee/hooks_validate.mjs");
        let output = self.node(&script).arg(folder.path()).output().expect("node is there");
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut heading = "";
        let mut faults = Vec::new();
        let mut judged = 0;
        for line in report.lines() {
            match line.trim().strip_prefix("github-openapi: ") {
                Some("ok") => judged += 1,
                Some(fault) => faults.push(format!("{heading}: {fault}")),
                None => heading = line,
            }
        }
        assert_eq!(judged + faults.len(), deliveries.len(), "every payload is judged");
        faults
    }

    /// The report of the GraphQL checker; an error lists the faults.
    pub(crate) fn graphql(&self, cases: &Value) -> Result<String, String> {
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        fs::write(file.path(), cases.to_string()).expect("it can be written");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/referee/graphql_check.mjs");
        let output = self.node(&script).arg(file.path()).output().expect("node is there");
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        println!("{text}");
        if output.status.success() { Ok(text) } else { Err(text) }
    }
}

/// The first and the last payload of each event and action: judging one takes half a second.
pub(crate) fn two_of_each_kind(deliveries: &[DeliveryRecord]) -> Vec<DeliveryRecord> {
    let same =
        |one: &DeliveryRecord, other: &DeliveryRecord| one.event == other.event && one.action == other.action;
    let chosen = deliveries.iter().enumerate().filter(|(index, one)| {
        let (before, after) = (&deliveries[..*index], &deliveries[index + 1..]);
        !before.iter().any(|other| same(one, other)) || !after.iter().any(|other| same(one, other))
    });
    chosen.map(|(_, one)| one.clone()).collect()
}
