//! A forge whose certificate a company's own authority signed: who does not name the authority is told to, who does is let in. What is asked of the forge is not tested here.

use std::process::Command;
use std::sync::Arc;

use lockkeeper::clock::Clock;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::stage::{Forge, Stage, run};

/// An authority that no machine knows, and a certificate that it gave to this one.
struct Signed {
    /// The authority's certificate, as people keep it.
    authority: String,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Signed {
    fn by_nobody_known() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&authority_key).unwrap().pem();
        let issuer = Issuer::new(params, authority_key);
        let key = KeyPair::generate().unwrap();
        let names = vec!["127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        Self { authority, certificate: certificate.der().clone(), key }
    }
}

/// The way to a stand-in over TLS.
struct Entrance {
    url: String,
    _tasks: JoinSet<()>,
}

impl Entrance {
    async fn to(stage: &Stage, signed: Signed) -> Self {
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![signed.certificate], signed.key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let behind = stage.api.trim_start_matches("http://").to_owned();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut let_in = JoinSet::new();
            loop {
                let (outer, _) = listener.accept().await.unwrap();
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                let_in.spawn(async move {
                    // Who does not believe the certificate hangs up.
                    let Ok(mut outer) = acceptor.accept(outer).await else { return };
                    let mut inner = TcpStream::connect(behind).await.unwrap();
                    let _ = copy_bidirectional(&mut outer, &mut inner).await;
                });
            }
        });
        Self { url, _tasks: tasks }
    }
}

async fn said(doctor: Command) -> String {
    String::from_utf8_lossy(&run(doctor).await.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_ones_own_is_believed_once_it_is_named() {
    for (forge, address, welcome) in [
        (Forge::GitHub, "LOCKKEEPER_GITHUB_API_URL", "ok     key: GitHub knows the App `lockkeeper`"),
        (Forge::GitLab, "LOCKKEEPER_GITLAB_URL", "ok     account: GitLab knows us as `lockkeeper`"),
    ] {
        let stage = Stage::alone(forge, Clock::system()).await;
        stage.world.install();
        let signed = Signed::by_nobody_known();
        let file = stage.folder.path().join("authority.pem");
        std::fs::write(&file, &signed.authority).unwrap();
        let entrance = Entrance::to(&stage, signed).await;
        let doctor = || {
            let mut program = stage.program(&["doctor"]);
            program.env(address, &entrance.url);
            program
        };
        let refused = said(doctor()).await;
        assert!(
            refused.contains("Name the file of its certificate (PEM) in LOCKKEEPER_CA_FILE"),
            "{refused}"
        );
        assert!(!refused.contains(welcome), "{refused}");
        let mut trusting = doctor();
        trusting.env("LOCKKEEPER_CA_FILE", &file);
        let believed = said(trusting).await;
        assert!(believed.contains(welcome), "{believed}");
    }
}
