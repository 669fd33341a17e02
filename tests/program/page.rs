//! Pages over HTTP: what they show of a promotion, that what people wrote stays text, that they are kept up to date, and that only this machine sees them.

use std::time::{Duration, Instant};

use reqwest::{Client, Response};

use crate::harbour::{Harbour, REASON};

/// How long a change may take to show.
const SOON: Duration = Duration::from_secs(20);

struct Reader {
    http: Client,
    root: String,
}

impl Reader {
    fn of(harbour: &Harbour) -> Self {
        let root = format!("http://127.0.0.1:{}", harbour.stage.port);
        Self { http: Client::builder().no_proxy().build().unwrap(), root }
    }

    async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = self.http.get(format!("{}{path}", self.root));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.ask(path, &[]).await;
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let policy = header("content-security-policy").unwrap();
        for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part) && !policy.contains("unsafe"), "{path}: {policy}");
        }
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(header("cache-control").as_deref(), Some("no-store"));
        answer.text().await.unwrap()
    }

    /// The page once it shows this.
    async fn once(&self, path: &str, shown: &str) -> String {
        let begun = Instant::now();
        loop {
            let page = self.page(path).await;
            if page.contains(shown) {
                return page;
            }
            assert!(begun.elapsed() < SOON, "`{shown}` on {path}:\n{page}");
            tokio::time::sleep(crate::stage::BEAT).await;
        }
    }

    /// The address of the first link that begins so.
    async fn link(&self, on: &str, begins: &str) -> String {
        let page = self.page(on).await;
        let at = page.find(&format!("href=\"{begins}")).unwrap_or_else(|| panic!("{begins} on:\n{page}"));
        page[at + 6..].split('"').next().unwrap().to_owned()
    }
}

#[track_caller]
fn check(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "`{part}` in:\n{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_pages_show_what_runs_where_and_what_waits_for_whom() {
    let harbour = Harbour::set().await;
    let reader = Reader::of(&harbour);
    let project = reader.link("/", "/projects/").await;
    let waiting = format!("{project}/promotions/2");
    check(
        &reader.page("/").await,
        &[
            ">acme/shop</a>",
            "<h3>staging</h3><p class=\"current\"><strong>v1.5.0</strong>",
            "<h3>production</h3><p class=\"current soft\">nothing yet</p>",
            &format!("<a href=\"{waiting}\">p2</a>"),
            "v1.5.0 → production waits for 1 approval",
            "missing: <b>bob</b> or <b>cem</b> (not <b>ana</b>, who asked)",
        ],
    );
    check(
        &reader.page(&project).await,
        &[&format!("<a href=\"{project}/promotions/1\">p1</a> <strong>v1.5.0 → staging</strong> is there")],
    );
    let page = reader.once(&waiting, "the panel shows p2.1").await;
    check(
        &page,
        &["<b>ana</b> asked for it, as p2", "it lapses unless it has begun", "/release approve p2.1"],
    );
    // A page loads nothing from elsewhere, has nothing inline, and every script and style is there.
    assert!(!page.contains("<script>") && !page.contains("style=") && !page.contains("onclick"), "{page}");
    for own in ["/page.css", "/page.js", "/page.svg"] {
        check(&page, &[&format!("\"{own}\"")]);
        assert!(!reader.page(own).await.is_empty());
    }
    for nowhere in
        ["/projects/github:1", "/projects/x", &format!("{project}/promotions/9"), "/projects/github:1/live"]
    {
        let answer = reader.ask(nowhere, &[]).await;
        assert_eq!(answer.status().as_u16(), 404, "{nowhere}");
        check(&answer.text().await.unwrap(), &["There is nothing at this address"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_what_people_wrote_is_text_on_a_page_that_follows_what_happens() {
    let harbour = Harbour::set().await;
    let reader = Reader::of(&harbour);
    let waiting = format!("{}/promotions/2", reader.link("/", "/projects/").await);
    let mut stream = reader.ask(&format!("{waiting}/live"), &[]).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    harbour.says("cem", &format!("/release hold p2 -- {REASON}"), "v1.5.0 → production is held").await;
    let told = tokio::time::timeout(SOON, async {
        let mut told = String::new();
        while !told.contains("is held") {
            let more = stream.chunk().await.unwrap().expect("the stream goes on");
            told.push_str(&String::from_utf8_lossy(&more));
        }
        told
    });
    let told = told.await.expect("the change comes through the stream");
    let safe = "&lt;b&gt;wait&lt;/b&gt; for the [data team](https://evil.example)";
    assert!(told.matches("data: ").count() >= 2, "the page, and the page anew: {told}");
    for page in [told, reader.once(&waiting, "held it").await, reader.once("/", "is held").await] {
        check(&page, &[safe]);
        assert!(!page.contains("<b>wait") && !page.contains("href=\"https://evil"), "{page}");
    }
    // Somebody still looks; the server ends all the same.
    let begun = Instant::now();
    assert!(harbour.server.terminate().await.success(), "{}", harbour.stage.log());
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let rest = tokio::time::timeout(SOON, async { while let Ok(Some(_)) = stream.chunk().await {} });
    assert!(rest.await.is_ok(), "the stream is over");
    assert!(
        harbour.stage.log().contains("pages for people are at http://127.0.0.1:"),
        "{}",
        harbour.stage.log()
    );
}
