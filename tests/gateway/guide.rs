//! What the menu authors' guide shows is what the compiler does.

use std::path::Path;

use crate::site::{Site, run, told};

const GUIDE: &str = include_str!("../../menus/README.md");

fn menus() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("menus")
}

/// The fenced texts of one kind.
fn blocks(kind: &str) -> impl Iterator<Item = &'static str> {
    let open = format!("```{kind}\n");
    let fenced: Vec<_> = GUIDE.split(open.as_str()).skip(1).collect();
    fenced.into_iter().map(|rest| rest.split("```").next().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_of_the_guide_passes_and_is_dialled_as_told() {
    let site = Site::empty("sqlite:setara.db".into());
    std::fs::create_dir_all(site.folder().join("menus/library")).unwrap();
    let words = site.folder().join("menus/words.toml");
    std::fs::copy(menus().join("words.toml"), words).unwrap();
    let mut files = 0;
    for block in blocks("toml") {
        let Some(name) = block.lines().next().and_then(|line| line.strip_prefix("# ")) else {
            continue;
        };
        if !name.starts_with("menus/library/") {
            // Quoted from a service that is there.
            let file = std::fs::read_to_string(menus().with_file_name(name)).unwrap();
            let (_, quoted) = block.split_once('\n').unwrap();
            assert!(file.contains(quoted), "{name} has no such lines:\n{quoted}");
            continue;
        }
        std::fs::write(site.folder().join(name), block).unwrap();
        files += 1;
    }
    assert_eq!(files, 3);
    let config = site.folder().join("library.toml");
    std::fs::write(&config, "menu.folders = [\"menus/library\"]\n").unwrap();
    let checked = run(&config, &["menu", "check"]).await;
    assert!(checked.status.success(), "{}", told(&checked));
    let story = site.folder().join("library.story");
    std::fs::write(&story, blocks("text").next().expect("a conversation")).unwrap();
    let played = run(&config, &["menu", "test", &story.display().to_string()]).await;
    assert!(played.status.success(), "{}", told(&played));
}

/// Whatever the compiler can say is explained.
#[test]
fn every_finding_is_in_the_guide() {
    let (_, table) = GUIDE.split_once("| finding | meaning |").expect("the table");
    let mut codes = 0;
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/menu")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend((!path.ends_with("tests")).then_some(path));
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for said in source.split("\"menu::").skip(1) {
                let code = format!("`menu::{}`", said.split('"').next().unwrap_or_default());
                assert!(table.contains(&code), "{code} is not explained");
                codes += 1;
            }
        }
    }
    assert!(codes > 30, "{codes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desks_are_told() {
    let site = Site::empty("sqlite:setara.db".into());
    let all = told(&site.run(&["menu", "desks"]).await);
    for desk in setara::service::DESKS {
        assert!(all.contains(&format!("desk = \"{}\"\n", desk.desk)), "{all}");
        let one = told(&site.run(&["menu", "desks", desk.desk]).await);
        for call in desk.calls {
            assert!(one.contains(&format!("call = \"{}\"", call.name)), "{one}");
            for outcome in call.outcomes {
                let told = !outcome.means.is_empty() && one.contains(outcome.means);
                assert!(told, "what does {} of {} mean?", outcome.name, call.name);
            }
        }
        for sends in desk.sends {
            assert!(one.contains(&format!("[notice.{}]\n      sent by", sends.name)), "{one}");
        }
        let (_, broadcasts) = one.split_once("[campaign.*]").expect("what a broadcast tells");
        for told in desk.tells {
            assert!(broadcasts.contains(&format!("{} (at most", told.name)), "{broadcasts}");
        }
    }
    let unknown = site.run(&["menu", "desks", "barber"]).await;
    assert!(!unknown.status.success() && told(&unknown).contains("vaccination"));
}
