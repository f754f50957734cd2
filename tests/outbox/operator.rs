//! An operator that is a process of its own, and can be killed as one. What it took stands in a file, which
//! it writes before it answers.

use std::{
    collections::BTreeMap, fs::File, path::PathBuf, process::Stdio, sync::Arc, time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
};

use crate::smsc::{Manner, Smsc};

/// The file, the port (0 is any) and the number of the first message that is not answered.
const TOLD: &str = "SETARA_TEST_OPERATOR";

pub struct Operator {
    pub port: u16,
    file: PathBuf,
    child: Option<Child>,
}

impl Operator {
    /// Starts it with an empty file.
    pub async fn start(file: PathBuf) -> Self {
        File::create(&file).expect("a file for what it takes");
        let mut operator = Self { port: 0, file, child: None };
        operator.open(usize::MAX).await;
        operator
    }

    /// Starts its process, at the port that it had before. From a message on it answers nothing.
    pub async fn open(&mut self, silent_from: usize) {
        let told = format!("{} {silent_from} {}", self.port, self.file.display());
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "operator::process", "--ignored", "--nocapture"])
            .env(TOLD, told)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("an operator");
        let mut lines = BufReader::new(child.stdout.take().expect("piped above")).lines();
        self.port = loop {
            let line = lines.next_line().await.expect("text").expect("the port, before its end");
            if let Some((_, port)) = line.rsplit_once("listens at ") {
                break port.parse().expect("a number");
            }
        };
        self.child = Some(child);
    }

    /// Kills its process with SIGKILL.
    pub async fn kill(&mut self) {
        self.child.take().expect("it is running").kill().await.expect("it was running");
    }

    /// Waits until it has taken that many in all.
    pub async fn came(&self, many: usize) {
        let came = async {
            while self.taken().into_values().sum::<usize>() < many {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), came).await.expect("in time");
    }

    /// What it took, by phone.
    pub fn taken(&self) -> BTreeMap<String, usize> {
        let text = std::fs::read_to_string(&self.file).expect("what it took");
        let mut taken = BTreeMap::new();
        // The last line may be half written yet.
        for to in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            *taken.entry(to.to_owned()).or_default() += 1;
        }
        taken
    }
}

/// Answers after 20 ms, as networks do, until it is killed or whoever started it is gone.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the process that is killed, not a test"]
async fn process() {
    let Ok(told) = std::env::var(TOLD) else { return };
    let mut words = told.splitn(3, ' ');
    let mut word = || words.next().expect("three words");
    let port = word().parse().expect("a port");
    let silent_from = word().parse().expect("a number");
    let file = File::options().append(true).open(word()).expect("the file");
    let keeps = Some(Arc::new(file));
    let delay = Duration::from_millis(20);
    let manner = Manner { delay, silent_from, keeps, ..Manner::default() };
    let smsc = Smsc::start_at(port, manner).await;
    println!("listens at {}", smsc.port);
    let mut nothing = Vec::new();
    let _ = tokio::io::stdin().read_to_end(&mut nothing).await;
}
