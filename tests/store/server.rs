//! A throw-away PostgreSQL server for one test process, made with the `initdb` that the machine has. No test is here.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;

/// Where the server listens. It stops when this process ends, however it ends.
pub(crate) struct Server {
    port: u16,
    _lifeline: ChildStdin,
}

impl Server {
    /// The address of one of its databases, for a role.
    pub(crate) fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }
}

/// The server of this process, started by the first that asks; none where PostgreSQL is not installed.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(|| programs().map(|programs| start(&programs))).as_ref()
}

#[expect(clippy::disallowed_methods, reason = "a test is told by its environment what must not be skipped")]
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let installed = versions.map(|version| version.path().join("bin"));
    let found = installed.chain(std::env::split_paths(&path)).find(|folder| folder.join("initdb").exists());
    if found.is_none() {
        let required = std::env::var_os("LOCKKEEPER_REQUIRE_POSTGRES").is_some_and(|value| value == "1");
        assert!(!required, "LOCKKEEPER_REQUIRE_POSTGRES=1, but no `initdb` was found");
    }
    found
}

fn start(programs: &Path) -> Server {
    let folder = tempfile::Builder::new().prefix("lockkeeper-postgres-").tempdir().unwrap().keep();
    let user = server_user();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    if let Some(user) = &user {
        run(Command::new("chown").arg(user).arg(&folder));
    }
    let data = folder.join("data");
    let initdb = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
    run(as_user(user.as_deref(), &programs.join("initdb")).arg("-D").arg(&data).args(initdb));
    let options = format!(
        "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={} -c fsync=off \
         -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c deadlock_timeout=200ms",
        folder.display()
    );
    // Before the server runs, so that it is stopped even if this process dies while it starts.
    let lifeline = stop_with_us(programs, user.as_deref(), &folder);
    let mut pg_ctl = as_user(user.as_deref(), &programs.join("pg_ctl"));
    run(pg_ctl
        .args(["-w", "-t", "30", "-o", &options, "-D"])
        .arg(&data)
        .arg("-l")
        .arg(folder.join("log"))
        .arg("start"));
    Server { port, _lifeline: lifeline }
}

/// PostgreSQL refuses to run as root.
fn server_user() -> Option<String> {
    let id = |arguments: &[&str]| Command::new("id").args(arguments).output().unwrap();
    if id(&["-u"]).stdout != b"0\n" {
        return None;
    }
    let has_own = id(&["-u", "postgres"]).status.success();
    Some(if has_own { "postgres" } else { "nobody" }.to_owned())
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let mut command = match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--"]).arg(program);
            command
        }
    };
    command.current_dir("/").stdin(Stdio::null());
    command
}

fn run(command: &mut Command) {
    let output = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(output.as_ref().is_ok_and(std::process::ExitStatus::success), "{command:?}: {output:?}");
}

/// A child that waits for the end of this process (its pipe closes), then stops the server and removes the folder.
fn stop_with_us(programs: &Path, user: Option<&str>, folder: &Path) -> ChildStdin {
    let prefix = user.map(|user| format!("runuser -u {user} -- ")).unwrap_or_default();
    let (pg_ctl, data) = (programs.join("pg_ctl"), folder.join("data"));
    let (pg_ctl, data, folder) = (pg_ctl.display(), data.display(), folder.display());
    let script = format!("cat; cd /; {prefix}'{pg_ctl}' -D '{data}' -m immediate -w stop; rm -rf '{folder}'");
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.process_group(0).spawn().unwrap().stdin.take().unwrap()
}
