//! The menus that are spoken now, and the former versions that somebody is still in.

use std::sync::Arc;

use thiserror::Error;

use crate::{
    channel::ussd::mmi,
    conversation::{Signal, Text},
    menu::{
        keyword::{Found, Sure, Wanted},
        model::{Clash, Menu},
        step::Opening,
        version::Version,
    },
    service::Desk,
};

/// One version of a service that can be dialled.
#[derive(Debug)]
pub struct Service {
    /// Its screens.
    pub menu: Menu,
    /// Its calls.
    pub desk: Desk,
}

/// Every service, in the version that is current, and what is left of former ones. There is always
/// at least one.
#[derive(Debug, Clone)]
pub struct Shelf {
    current: Vec<Arc<Service>>,
    /// Of each service the newest first.
    former: Vec<Arc<Service>>,
    /// The most of these, of one service: whoever is in an older one goes on in the current one.
    most_former: usize,
}

/// Why services cannot stand side by side.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ShelfError {
    /// There is none.
    #[error("menu.folders names no service")]
    Empty,
    /// Two are called, dialled or written to alike.
    #[error(transparent)]
    Clash(#[from] Clash),
}

impl Shelf {
    /// A shelf of current versions, with room for so many former ones of each service.
    ///
    /// # Errors
    /// See [`ShelfError`].
    pub fn new(current: Vec<Arc<Service>>, most_former: usize) -> Result<Self, ShelfError> {
        if current.is_empty() {
            return Err(ShelfError::Empty);
        }
        for (at, one) in current.iter().enumerate() {
            for two in &current[at + 1..] {
                if let Some(clash) = one.menu.clash(&two.menu) {
                    return Err(clash.into());
                }
            }
        }
        Ok(Self { current, former: Vec::new(), most_former })
    }

    /// This shelf's services as former ones of another.
    pub fn below(&self, newer: Self) -> Self {
        let mut shelf = newer;
        for service in self.current.iter().chain(&self.former) {
            shelf.keep(Arc::clone(service));
        }
        shelf
    }

    /// Keeps a former version, unless it is there.
    pub fn keep(&mut self, service: Arc<Service>) {
        let menu = &service.menu;
        let known = self.version(menu.service(), menu.version()).is_some();
        if !known && !self.is_full_of(menu.service()) {
            self.former.push(service);
        }
    }

    /// Whether no further version of this service can be kept.
    pub fn is_full_of(&self, service: &str) -> bool {
        let of = self.former.iter().filter(|former| former.menu.service() == service);
        of.count() >= self.most_former
    }

    /// The current services alone.
    pub fn without_former(&self) -> Self {
        Self { former: Vec::new(), ..self.clone() }
    }

    /// The current services.
    pub fn current(&self) -> &[Arc<Service>] {
        &self.current
    }

    /// The former versions, of each service the newest first.
    pub fn former(&self) -> &[Arc<Service>] {
        &self.former
    }

    /// The current version of a service.
    pub fn service(&self, name: &str) -> Option<&Arc<Service>> {
        self.current.iter().find(|service| service.menu.service() == name)
    }

    /// That version of a service, current or former.
    pub fn version(&self, name: &str, version: &Version) -> Option<&Arc<Service>> {
        self.current
            .iter()
            .chain(&self.former)
            .find(|of| of.menu.service() == name && of.menu.version() == version)
    }

    /// The service that is spoken to when nothing says which: the first of the configuration.
    pub fn first(&self) -> &Arc<Service> {
        &self.current[0]
    }

    /// The service that a dialled string opens, and the answers it brings along. A service may have
    /// a longer string of its own (`*119*5#`): the longest that fits is meant.
    pub fn dialled(&self, string: &str) -> Option<(&Arc<Service>, Signal)> {
        let dialled = mmi::parse(string).ok()?;
        let mut best: Option<(usize, &Arc<Service>)> = None;
        for service in &self.current {
            for code in service.menu.dial() {
                let Ok(code) = mmi::parse(code) else { continue };
                let same =
                    code.prefix == dialled.prefix && code.service_code == dialled.service_code;
                let longest = best.is_none_or(|(length, _)| code.groups.len() > length);
                if same && dialled.groups.starts_with(&code.groups) && longest {
                    best = Some((code.groups.len(), service));
                }
            }
        }
        let (length, service) = best?;
        let signal = if dialled.contains_nik() {
            Signal::BeginWithNik
        } else {
            let digits = dialled.groups[length..].to_vec();
            Signal::Begin(Opening { digits, ..Opening::default() })
        };
        Some((service, signal))
    }

    /// What a text asks for, and of which service; without one, of the one that its writer is in.
    /// A keyword that is surely one opens its service whatever was said before.
    pub fn written<'s>(&'s self, text: &str) -> (Option<&'s Arc<Service>>, Signal) {
        let wanted = |service: &'s Arc<Service>| Some((service.menu.wanted(text)?, service));
        let best = Found::best(self.current.iter().filter_map(wanted));
        let said = text.to_owned();
        let Some((Found { sure, wanted, .. }, service)) = best else {
            return (None, Signal::Text(Text { said, perhaps: None, service: None }));
        };
        match (sure, wanted) {
            (Sure::Surely, Wanted::Command(command)) => (None, Signal::Command(command)),
            (Sure::Surely, Wanted::Errand(errand)) => {
                (Some(service), Signal::Begin(Opening { errand, ..Opening::default() }))
            }
            (_, wanted) => {
                // A command is nobody's: whoever is in a service is answered by that one.
                let of_service = matches!(wanted, Wanted::Errand(_));
                let service = of_service.then(|| service.menu.service().to_owned());
                (None, Signal::Text(Text { said, perhaps: Some(wanted), service }))
            }
        }
    }
}
