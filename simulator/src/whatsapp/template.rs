//! Texts that were approved before, and may be sent outside of the window.

use super::refusal::{Code, Refusal};

/// Characters of a template with its values.
pub const TEMPLATE_MAX: usize = 1024;

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// About something that the user began.
    Utility,
    /// One-time codes; goes to phone numbers only.
    Authentication,
    /// Offers; a user may refuse them.
    Marketing,
}

/// Whether a template may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was approved.
    Approved,
    /// Not for now: 132015.
    Paused,
}

/// A text with places `{{1}}`, `{{2}}`, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language, such as `id`.
    pub language: String,
    /// What it is for.
    pub category: Category,
    /// The text.
    pub text: String,
    /// Whether it may be sent.
    pub standing: Standing,
}

impl Template {
    /// A template of the category [`Category::Utility`].
    pub fn new(name: &str, language: &str, text: &str) -> Self {
        let (name, language, text) = (name.to_owned(), language.to_owned(), text.to_owned());
        Self { name, language, category: Category::Utility, text, standing: Standing::Approved }
    }

    /// The same text for something else.
    pub fn of(mut self, category: Category) -> Self {
        self.category = category;
        self
    }

    /// The same, paused.
    pub fn paused(mut self) -> Self {
        self.standing = Standing::Paused;
        self
    }

    /// How many values it takes.
    pub fn places(&self) -> usize {
        (1..).take_while(|place| self.text.contains(&format!("{{{{{place}}}}}"))).count()
    }

    /// The text with its values.
    pub fn filled(&self, values: &[String]) -> Result<String, Refusal> {
        if self.standing == Standing::Paused {
            return Err(Refusal::new(Code::TemplatePaused, "the template is paused"));
        }
        if values.len() != self.places() {
            let why = format!("{} values for {} places", values.len(), self.places());
            return Err(Refusal::new(Code::TemplateCount, why));
        }
        let fill = |text: String, (place, value): (usize, &String)| {
            text.replace(&format!("{{{{{}}}}}", place + 1), value)
        };
        let text = values.iter().enumerate().fold(self.text.clone(), fill);
        if text.chars().count() > TEMPLATE_MAX {
            return Err(Refusal::new(Code::TemplateTooLong, "longer than 1024 characters"));
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_takes_as_many_values_as_it_has_places() {
        let template = Template::new("kode", "id", "Kode {{1}} untuk {{2}}.");
        let values = |values: &[&str]| values.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
        assert_eq!(template.filled(&values(&["12", "Siti"])).unwrap(), "Kode 12 untuk Siti.");
        assert_eq!(template.filled(&values(&["12"])).unwrap_err().code, Code::TemplateCount);
        let long = "a".repeat(1020);
        let refused = template.filled(&values(&["12", &long])).unwrap_err();
        assert_eq!(refused.code, Code::TemplateTooLong);
        let refused = template.paused().filled(&values(&["12", "Siti"])).unwrap_err();
        assert_eq!(refused.code, Code::TemplatePaused);
    }
}
