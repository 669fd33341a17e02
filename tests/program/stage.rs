//! The stage of a test on the program itself: a stand-in that answers and delivers on loopback, a folder for the data, and the built program with its settings. No test is here.

use std::net::TcpListener as StdListener;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use lockkeeper::clock::Clock;
use lockkeeper::sandbox::{AppCredentials, World, github, gitlab};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// How often a test looks whether something came true.
pub(crate) const BEAT: Duration = Duration::from_millis(10);

/// Which forge the stand-in stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forge {
    GitHub,
    GitLab,
}

/// Everything that the program needs around it.
pub(crate) struct Stage {
    pub(crate) forge: Forge,
    pub(crate) world: World,
    pub(crate) api: String,
    pub(crate) folder: TempDir,
    pub(crate) database: String,
    pub(crate) port: u16,
    /// The built program.
    pub(crate) binary: PathBuf,
    tasks: JoinSet<()>,
}

impl Stage {
    /// A stand-in GitHub with the project `acme/shop`, on this clock; it delivers to where the program will listen.
    pub(crate) async fn set(clock: Clock) -> Self {
        Self::at(Forge::GitHub, clock).await
    }

    /// The same for either forge.
    pub(crate) async fn at(forge: Forge, clock: Clock) -> Self {
        let mut stage = Self::alone(forge, clock).await;
        let (post, hook) = (stage.world.clone(), stage.hook());
        stage.tasks.spawn(async move {
            loop {
                if post.deliver_all(&hook).await == 0 {
                    tokio::time::sleep(BEAT).await;
                }
            }
        });
        stage
    }

    /// A stand-in GitHub; what happens there is delivered by somebody else.
    pub(crate) async fn without_post(clock: Clock) -> Self {
        Self::alone(Forge::GitHub, clock).await
    }

    /// A stand-in of either forge; what happens there is delivered by somebody else.
    pub(crate) async fn alone(forge: Forge, clock: Clock) -> Self {
        let (credentials, path) = (AppCredentials::generate(), "acme/shop");
        let world = match forge {
            Forge::GitHub => github::stand_in(clock, credentials, path),
            Forge::GitLab => gitlab::stand_in(clock, credentials, path),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = format!("http://{}", listener.local_addr().unwrap());
        let mut tasks = JoinSet::new();
        let served = world.clone();
        tasks.spawn(async move {
            match forge {
                Forge::GitHub => github::serve(served, listener).await.unwrap(),
                Forge::GitLab => gitlab::serve(served, listener).await.unwrap(),
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("lockkeeper.db").display());
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_lockkeeper"));
        Self { forge, world, api, folder, database, port: free_port(), binary, tasks }
    }

    /// Where deliveries go.
    pub(crate) fn hook(&self) -> String {
        let forge = match self.forge {
            Forge::GitHub => "github",
            Forge::GitLab => "gitlab",
        };
        format!("http://127.0.0.1:{}/webhooks/{forge}", self.port)
    }

    /// The program with the settings of this stage and nothing else of the environment.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .env_clear()
            .env("LOCKKEEPER_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("LOCKKEEPER_DATABASE_URL", &self.database)
            .stdin(Stdio::null());
        let known = self.world.credentials();
        match self.forge {
            Forge::GitHub => command
                .env("LOCKKEEPER_GITHUB_APP_ID", known.client_id)
                .env("LOCKKEEPER_GITHUB_PRIVATE_KEY", known.private_key_pem)
                .env("LOCKKEEPER_GITHUB_WEBHOOK_SECRET", known.webhook_secret)
                .env("LOCKKEEPER_GITHUB_API_URL", &self.api),
            Forge::GitLab => command
                .env("LOCKKEEPER_GITLAB_TOKEN", known.access_token)
                .env("LOCKKEEPER_GITLAB_WEBHOOK_SECRET", known.webhook_secret)
                .env("LOCKKEEPER_GITLAB_SIGNING_TOKEN", known.signing_token)
                .env("LOCKKEEPER_GITLAB_URL", &self.api),
        };
        command
    }

    /// Starts the server and waits until it takes deliveries.
    pub(crate) async fn serve(&self) -> Server {
        let server = self.begin(self.program(&["serve"]));
        self.answers(&server).await;
        server
    }

    /// Starts the server; what it logs goes to a file of the stage.
    pub(crate) fn begin(&self, mut command: Command) -> Server {
        let log = self.folder.path().join("log");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        let child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Server { child }
    }

    /// Waits until the server answers.
    pub(crate) async fn answers(&self, server: &Server) {
        let begun = Instant::now();
        let address = format!("127.0.0.1:{}", self.port);
        // The port is bound before the database is opened, so a connection alone says too little.
        while get(&address, "/healthz").await.is_none() {
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "{} does not answer:\n{}",
                server.child.id(),
                self.log()
            );
            tokio::time::sleep(BEAT).await;
        }
    }

    /// One of the server's pages; none where it does not answer.
    pub(crate) async fn page(&self, path: &str) -> Option<String> {
        get(&format!("127.0.0.1:{}", self.port), path).await
    }

    /// All that the servers of this stage logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Runs the program to its end, beside the stand-in.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        run(self.program(arguments)).await
    }
}

/// Runs a program to its end without keeping the stand-in from answering.
pub(crate) async fn run(mut command: Command) -> Output {
    command.stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// Waits until something is true; says what did not become true.
pub(crate) async fn until(what: &str, limit: Duration, is_true: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_true() {
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        tokio::time::sleep(BEAT).await;
    }
}

/// A running server. It does not outlive the test.
pub(crate) struct Server {
    child: Child,
}

impl Server {
    /// Its process.
    pub(crate) fn number(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and what it ended with.
    pub(crate) async fn terminate(mut self) -> ExitStatus {
        let number = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &number]).status().unwrap().success());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "SIGTERM is not obeyed");
            tokio::time::sleep(BEAT).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on now.
pub(crate) fn free_port() -> u16 {
    StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn get(address: &str, path: &str) -> Option<String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let exchange = async {
        let mut stream = tokio::net::TcpStream::connect(address).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        answer.contains("\r\n\r\n").then_some(answer)
    };
    tokio::time::timeout(Duration::from_secs(5), exchange).await.ok()?
}
