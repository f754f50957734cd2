//! Where a node lives: a folder with keys, a database with the well-known people in it, and a
//! configuration file.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Output,
    sync::atomic::{AtomicU32, Ordering},
};

use simulator::operator::{self, Operator, dialect};
use tokio::process::Command;

use crate::support::postgres;

/// A folder of its own; gone when dropped.
pub struct Site {
    folder: PathBuf,
    url: String,
    operators: String,
    more: String,
    menus: PathBuf,
    /// Menus of other services.
    beside: Vec<PathBuf>,
    log: &'static str,
}

impl Site {
    /// With an embedded database and the sample people in it.
    pub async fn on_sqlite() -> Self {
        Self::empty("sqlite:setara.db".into()).with_people().await
    }

    /// With a database of its own in PostgreSQL, and the sample people in it.
    pub async fn on_postgres() -> Self {
        Self::empty(postgres::database().await).with_people().await
    }

    /// With no database yet.
    pub fn empty(url: String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("setara-gateway-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let menus = Path::new(env!("CARGO_MANIFEST_DIR")).join("menus/pedulilindungi");
        let (operators, more) = (String::new(), String::new());
        Self { folder, url, operators, more, menus, beside: Vec::new(), log: "trace" }
    }

    async fn with_people(self) -> Self {
        let filled = self.run(&["record", "sample", "40"]).await;
        assert!(filled.status.success(), "{}", told(&filled));
        self
    }

    /// With an operator that the gateway binds to; `link` is more for its link.
    pub fn operator(mut self, name: &str, dialect: &str, address: &str, link: &str) -> Self {
        let number = dialect::named(dialect).and_then(|dialect| dialect.telephone());
        let push = number.map(|number| format!("push_from = \"{number}\"\n")).unwrap_or_default();
        writeln!(
            self.operators,
            "[operator.{name}]\ndialect = \"{dialect}\"\n{push}[[operator.{name}.link]]\n\
             address = \"{address}\"\nsystem_id = \"setara\"\npassword = \"secret\"\n{link}"
        )
        .expect("a string");
        self
    }

    /// With more lines in the configuration.
    pub fn configured(mut self, lines: &str) -> Self {
        self.more.push_str(lines);
        self
    }

    /// With nodes that say less than everything.
    pub fn logging(mut self, filter: &'static str) -> Self {
        self.log = filter;
        self
    }

    /// With another service than vaccination.
    pub fn service(mut self, folder: &str) -> Self {
        self.menus = self.menus.with_file_name(folder);
        self
    }

    /// With a copy of the menus that [`Site::edit`] may change.
    pub fn own_menus(mut self) -> Self {
        let shared = self.menus.parent().expect("a folder").join("words.toml");
        self.menus = self.copied(&self.menus);
        std::fs::copy(shared, self.folder.join("menus/words.toml")).expect("a copy");
        self
    }

    /// With a copy of the clinic's menu beside it.
    pub fn clinic(mut self) -> Self {
        let menus = Path::new(env!("CARGO_MANIFEST_DIR")).join("menus/antrean");
        self.beside.push(self.copied(&menus));
        self
    }

    fn copied(&self, menus: &Path) -> PathBuf {
        let copy = self.folder.join("menus").join(menus.file_name().expect("a name"));
        std::fs::create_dir_all(&copy).expect("a folder");
        for file in std::fs::read_dir(menus).expect("the menu") {
            let file = file.expect("a file").path();
            let name = file.file_name().expect("a name");
            std::fs::copy(&file, copy.join(name)).expect("a copy");
        }
        copy
    }

    /// Writes other words into a file of the copied menu.
    pub fn edit(&self, file: &str, old: &str, new: &str) {
        let path = self.menus.join(file);
        let text = std::fs::read_to_string(&path).expect("the file");
        assert!(text.contains(old), "{old}");
        std::fs::write(path, text.replace(old, new)).expect("written");
    }

    /// With the admin pages open to whoever has this token.
    pub fn admin(self, token: &str) -> Self {
        std::fs::write(self.folder.join("setara.token"), token).expect("a file");
        self.configured("admin.token_file = \"setara.token\"\n")
    }

    /// Writes the configuration and says where it is.
    pub fn config(&self) -> PathBuf {
        let path = self.folder.join("setara.toml");
        let Self { log, .. } = self;
        let folders: Vec<&PathBuf> = std::iter::once(&self.menus).chain(&self.beside).collect();
        let text = format!(
            "database.url = {:?}\nhttp.listen = \"127.0.0.1:0\"\nlog.filter = {log:?}\n\
             menu.folders = {folders:?}\n{}\n{}",
            self.url, self.more, self.operators
        );
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// Where the database is.
    pub fn url(&self) -> String {
        let file = |name: &str| format!("sqlite:{}", self.folder.join(name).display());
        self.url.strip_prefix("sqlite:").map_or_else(|| self.url.clone(), file)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a command with the configuration until it ends.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        run(&self.config(), arguments).await
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Runs a command with some configuration until it ends.
pub async fn run(config: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_setara"));
    command.args(arguments).arg("--config").arg(config).env_remove("RUST_LOG");
    command.kill_on_drop(true).output().await.expect("the command")
}

/// What a command printed, both ways.
pub fn told(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|told| String::from_utf8_lossy(told));
    format!("{out}{err}")
}

/// A simulated network where the gateway may bind.
pub async fn network(dialect: &str) -> Operator {
    network_at("127.0.0.1:0", dialect).await
}

/// The same at an address.
pub async fn network_at(listen: &str, dialect: &str) -> Operator {
    Operator::start(operator::Settings {
        name: "Nusantara".into(),
        listen: listen.parse().expect("an address"),
        accounts: vec![operator::Account { system_id: "setara".into(), password: "secret".into() }],
        dialect: dialect::named(dialect).expect("a dialect of the simulator"),
        codes: vec!["*119#".into(), "*131#".into()],
        timing: Default::default(),
        sms: Default::default(),
    })
    .await
    .expect("a network")
}
