//! Templates: what may be sent to a chat at any time, because the provider approved its words (Cloud API,
//! "Message templates"). Which there are is said by the configuration: for notices one a language, with
//! the whole notice as its value, and for each text of a campaign one a language, with values of its own.
//! A text is a service's: two services may each have one of the same name.

use serde::Deserialize;

use crate::{
    menu::language::Language,
    outbox::{Framed, TextOf},
};

/// The value of a template for a campaign's text that is all that an SMS would say.
const WHOLE: &str = "text";

/// A template as it was approved.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Who reads it: the language of a menu's texts.
    pub language: Language,
    /// The code of its language at the provider, such as `en_US`; the language itself, if it is not said.
    #[serde(default)]
    pub code: Option<String>,
    /// The service whose text it stands for; it need not be said where one service has such a text.
    #[serde(default)]
    pub service: Option<String>,
    /// The campaign's text that it stands for; without it, it is for notices.
    #[serde(default)]
    pub text: Option<String>,
    /// Its values in their order; of one for notices there is one, the notice.
    #[serde(default)]
    pub values: Vec<String>,
}

impl Template {
    /// The code of its language at the provider.
    pub fn code(&self) -> &str {
        self.code.as_deref().unwrap_or(self.language.as_str())
    }

    fn stands_for(&self, of: TextOf<'_>) -> bool {
        // What an older program queued says no service.
        let own = |named: &String| named == of.service || of.service.is_empty();
        self.text.as_deref() == Some(of.text) && self.service.as_ref().is_none_or(own)
    }

    /// What it is filled with: the values of a broadcast in the order that was approved, or a notice.
    /// A value that nobody knows is empty.
    pub fn filled(&self, notice: &str, framed: Option<&Framed>) -> Vec<String> {
        let value = |name: &String| match (name.as_str(), framed) {
            (WHOLE, _) | (_, None) => notice.to_owned(),
            (name, Some(framed)) => framed.values.get(name).cloned().unwrap_or_default(),
        };
        if self.text.is_none() {
            return vec![notice.to_owned()];
        }
        self.values.iter().map(value).collect()
    }
}

/// All templates of a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Templates(Vec<Template>);

impl Templates {
    /// Those; of what stands for the same text, the first is for languages that have none.
    pub fn new(all: Vec<Template>) -> Self {
        Self(all)
    }

    /// The one for a notice to a reader of this language; the first, if there is none in it, or nobody
    /// knows the language.
    pub fn for_notice(&self, language: Option<&Language>) -> Option<&Template> {
        let notices = || self.0.iter().filter(|of| of.text.is_none());
        notices().find(|of| Some(&of.language) == language).or_else(|| notices().next())
    }

    /// The one for a service's text of a campaign in this very language: its words are all that is said, so
    /// no other will do.
    pub fn for_text(&self, of: TextOf<'_>, language: &Language) -> Option<&Template> {
        let fits = |is: &&Template| is.stands_for(of) && is.language == *language;
        let all = || self.0.iter().filter(fits);
        all().find(|is| is.service.is_some()).or_else(|| all().next())
    }

    /// Those for a service's text of a campaign.
    pub fn of_text<'t>(&'t self, of: TextOf<'t>) -> impl Iterator<Item = &'t Template> {
        self.0.iter().filter(move |is| is.stands_for(of))
    }

    /// What is wrong with them beside these services and the texts of their campaigns, in words for whoever
    /// wrote them.
    pub fn mistake_beside(&self, texts: &[TextOf<'_>]) -> Option<String> {
        self.0.iter().find_map(|of| {
            let (name, text) = (&of.name, of.text.as_deref()?);
            let mut owners = texts.iter().filter(|of| of.text == text).map(|of| of.service);
            match &of.service {
                Some(service) if owners.any(|owner| owner == service) => None,
                Some(service) => Some(format!("{name}: {service} has no text [campaign.{text}]")),
                None => {
                    let (first, second) = (owners.next()?, owners.next()?);
                    let which = format!("service = \"{first}\" or service = \"{second}\"");
                    Some(format!("{name}: two services have [campaign.{text}]; say {which}"))
                }
            }
        })
    }

    /// What is wrong with them, in words for whoever wrote them. `known` are the values that a campaign's text
    /// can be filled with, by their names there.
    pub fn mistake(&self, known: &[&str]) -> Option<String> {
        let plain = |text: &str| {
            let octet = |of: u8| of.is_ascii_alphanumeric() || b"._-".contains(&of);
            !text.is_empty() && text.bytes().all(octet)
        };
        for (at, of) in self.0.iter().enumerate() {
            let Template { name, language, service, text, values, .. } = of;
            if !plain(name) || !plain(of.code()) {
                return Some("a name and a code are letters, digits and `_`".to_owned());
            }
            let again = |other: &Template| {
                (&other.service, &other.text, &other.language) == (service, text, language)
            };
            if self.0.iter().take(at).any(again) {
                return Some(format!("{name}: there is one for this in {language}"));
            }
            if text.is_none() && service.is_some() {
                return Some(format!("{name}: one for notices is for those of all services"));
            }
            if text.is_none() && !values.is_empty() {
                return Some(format!("{name}: one for notices has one value, the notice"));
            }
            let unknown = |value: &&String| *value != WHOLE && !known.contains(&value.as_str());
            if let Some(value) = values.iter().find(unknown) {
                let known = known.join(", ");
                return Some(format!("{name}: no value {value}; there are {known}, {WHOLE}"));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const KNOWN: &[&str] = &["name", "date", "dial"];

    fn template(name: &str, language: &str, text: Option<&str>, values: &[&str]) -> Template {
        Template {
            name: name.into(),
            language: Language::parse(language).unwrap(),
            code: None,
            service: None,
            text: text.map(str::to_owned),
            values: values.iter().map(|&value| value.to_owned()).collect(),
        }
    }

    #[test]
    fn each_reader_gets_the_template_of_the_own_language() {
        let all = Templates::new(vec![
            template("kabar", "id", None, &[]),
            template("news", "en", None, &[]),
            template("undangan", "id", Some("invitation"), &["name", "dial"]),
        ]);
        let language = |code| Language::parse(code).unwrap();
        for (code, name) in [("id", "kabar"), ("en", "news"), ("jv", "kabar")] {
            assert_eq!(all.for_notice(Some(&language(code))).unwrap().name, name);
        }
        assert_eq!(all.for_notice(None).unwrap().name, "kabar");
        let invitation = TextOf { service: "pedulilindungi", text: "invitation" };
        assert_eq!(all.for_text(invitation, &language("id")).unwrap().name, "undangan");
        assert_eq!(all.for_text(invitation, &language("en")), None, "in no other language");
        assert_eq!(Templates::default().for_notice(None), None);
    }

    #[test]
    fn each_service_has_templates_of_its_own() {
        let id = Language::parse("id").unwrap();
        let named = |name, service: Option<&str>| Template {
            service: service.map(str::to_owned),
            ..template(name, "id", Some("invitation"), &[])
        };
        let of = |service| TextOf { service, text: "invitation" };
        let (vaccine, clinic) = ("pedulilindungi", "antrean");
        let both =
            Templates::new(vec![named("vaksin", Some(vaccine)), named("klinik", Some(clinic))]);
        let found = |all: &Templates, service| {
            all.for_text(of(service), &id).map(|template| template.name.clone())
        };
        assert_eq!(found(&both, vaccine).as_deref(), Some("vaksin"));
        assert_eq!(found(&both, clinic).as_deref(), Some("klinik"));
        assert_eq!(found(&both, "petugas"), None);
        assert_eq!(both.mistake(KNOWN), None);
        let texts = [of(vaccine), of(clinic)];
        assert_eq!(both.mistake_beside(&texts), None);
        let gone = both.mistake_beside(&texts[..1]).unwrap();
        assert!(gone.contains("antrean has no text [campaign.invitation]"), "{gone}");

        // Whoever wrote none of it is understood as long as there is one such text.
        let plain = Templates::new(vec![named("undangan", None)]);
        assert_eq!(found(&plain, clinic).as_deref(), Some("undangan"));
        assert_eq!(plain.mistake_beside(&texts[..1]), None);
        let which = plain.mistake_beside(&texts).unwrap();
        assert!(which.contains("say service = \"pedulilindungi\" or"), "{which}");
        let notices = Template { text: None, ..named("kabar", Some(clinic)) };
        assert!(Templates::new(vec![notices]).mistake(KNOWN).is_some());
    }

    #[test]
    fn values_stand_in_the_order_that_was_approved() {
        let values = BTreeMap::from([("name", "S*** A***"), ("dial", "*119#")]);
        let values = values.into_iter().map(|(of, is)| (of.to_owned(), is.to_owned())).collect();
        let language = Language::parse("id").unwrap();
        let (service, text) = ("pedulilindungi".into(), "invitation".into());
        let framed = Framed { service, text, language, values };
        let filled = |values: &[&str]| {
            template("a", "id", Some("invitation"), values).filled("Halo.", Some(&framed))
        };
        assert_eq!(filled(&["dial", "name"]), ["*119#", "S*** A***"]);
        assert_eq!(filled(&["text", "date"]), ["Halo.", ""]);
        assert_eq!(template("kabar", "id", None, &[]).filled("Halo.", None), ["Halo."]);
        assert!(!format!("{framed:?}").contains("S***"));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let wrong = |of: Vec<Template>| Templates::new(of).mistake(KNOWN);
        let good = template("undangan", "id", Some("invitation"), &["name"]);
        assert_eq!(wrong(vec![good.clone(), template("kabar", "id", None, &[])]), None);
        assert!(wrong(vec![good.clone(), good.clone()]).is_some());
        assert!(wrong(vec![template("", "id", None, &[])]).is_some());
        assert!(wrong(vec![template("a", "id", None, &["name"])]).is_some());
        assert!(wrong(vec![template("a", "id", Some("b"), &["phone"])]).is_some());
        assert!(wrong(vec![Template { code: Some("en US".into()), ..good }]).is_some());
    }
}
