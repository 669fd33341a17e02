//! `demo`: the story comes true, and where a step is broken it says which.

use std::process::Command;

use crate::stage::run;

async fn demo(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_lockkeeper"));
    program.arg("demo").args(arguments).env_clear();
    let output = run(program).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_tells_its_story_to_the_end() {
    let (code, said, failed) = demo(&["--once"]).await;
    assert_eq!(code, Some(0), "{said}{failed}");
    for line in ["/release plan", "**Next: v1.5.0**", "**v1.5.0 is cut**", "The story is told."] {
        assert!(said.contains(line), "`{line}` in:\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_step_ends_the_demonstration_by_its_name() {
    for step in ["tag", "comment"] {
        let (code, said, failed) = demo(&["--once", "--break", step]).await;
        assert_eq!(code, Some(1), "{said}{failed}");
        assert!(failed.contains(&format!("step `{step}` did not come true")), "{failed}");
        assert!(!said.contains("The story is told"), "{said}");
    }
}
