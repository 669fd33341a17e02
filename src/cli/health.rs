//! `lockkeeper health`: asks the server of this machine whether it can work. Made for container health checks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use crate::config::settings::ListenAddress;

/// The arguments of `health`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    server: ListenAddress,
}

/// Exit code 0 where the server is ready, else 1.
///
/// # Errors
/// Where the address is none.
pub async fn run(args: Args) -> anyhow::Result<u8> {
    let address: SocketAddr = args.server.listen.parse()?;
    let url = format!("http://{}/readyz", reachable(address));
    let client = reqwest::Client::builder().timeout(Duration::from_secs(3)).build()?;
    let answer = client.get(&url).send().await;
    let ready = answer.is_ok_and(|answer| answer.status().is_success());
    println!("{}", if ready { "ready" } else { "not ready" });
    Ok(u8::from(!ready))
}

/// A server that listens everywhere is asked on loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
