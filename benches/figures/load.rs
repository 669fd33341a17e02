//! Signed deliveries over connections that stay open, and how long each was waited for. Who takes them in is not known here.

use std::time::{Duration, Instant};

use hmac::{Hmac, Mac};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How many are on their way at once.
pub(crate) const CONNECTIONS: usize = 32;

/// Who takes deliveries in, and what is delivered.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) port: u16,
    pub(crate) path: &'static str,
    pub(crate) body: Vec<u8>,
    signature: String,
}

impl Load {
    /// Comments with this payload.
    pub(crate) fn new((port, path): (u16, &'static str), secret: &str, body: Vec<u8>) -> Self {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(&body);
        let signature = hex::encode(mac.finalize().into_bytes());
        Self { port, path, body, signature }
    }

    /// Whether one delivery is taken in.
    pub(crate) async fn is_taken(&self, guid: &str) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)).await else { return false };
        stream.write_all(&self.request(guid)).await.is_ok() && is_yes(answer(&mut stream).await)
    }

    /// Sends so many, [`CONNECTIONS`] at a time, each of which must be taken in; how many a second, and how long each took.
    pub(crate) async fn pour(&self, name: &str, count: usize) -> (f64, Vec<Duration>) {
        let mut senders = JoinSet::new();
        let begun = Instant::now();
        for sender in 0..CONNECTIONS {
            let (load, name) = (self.clone(), format!("{name}-{sender}"));
            senders.spawn(async move { load.send_all(&name, count / CONNECTIONS).await });
        }
        let took: Vec<Duration> = senders.join_all().await.concat();
        (took.len() as f64 / begun.elapsed().as_secs_f64(), took)
    }

    async fn send_all(&self, name: &str, count: usize) -> Vec<Duration> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut took = Vec::with_capacity(count);
        for number in 0..count {
            let request = self.request(&format!("{name}-{number}"));
            let begun = Instant::now();
            stream.write_all(&request).await.unwrap();
            assert!(is_yes(answer(&mut stream).await));
            took.push(begun.elapsed());
        }
        took
    }

    fn request(&self, guid: &str) -> Vec<u8> {
        let Self { port, path, body, signature } = self;
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nx-github-event: issue_comment\r\n\
             x-github-delivery: {guid}\r\nx-hub-signature-256: sha256={signature}\r\nuser-agent: GitHub-Hookshot/0\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        request
    }
}

fn is_yes(status: Option<u16>) -> bool {
    status.is_some_and(|status| (200..300).contains(&status))
}

/// The status of an answer whose body is short and has a length.
async fn answer(stream: &mut TcpStream) -> Option<u16> {
    let mut read = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        read.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&read);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_ascii_lowercase();
        let is_whole = match length(&head) {
            Some(length) => body.len() >= length,
            None => !head.contains("transfer-encoding") || body.ends_with("0\r\n\r\n"),
        };
        if is_whole {
            return head.split_whitespace().nth(1)?.parse().ok();
        }
    }
}

fn length(head: &str) -> Option<usize> {
    head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
}

/// The middle and the 99th of a hundred, in milliseconds.
pub(crate) fn percentiles(took: &mut [Duration]) -> (f64, f64) {
    took.sort();
    let at = |share: usize| took[(took.len() * share / 100).min(took.len() - 1)].as_secs_f64() * 1000.0;
    (at(50), at(99))
}
