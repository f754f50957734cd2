//! Every text that is shipped is one SMS, whoever gets it, and says no NIK.

use std::path::Path;

use setara::{
    config::Config,
    menu::check::check,
    menus::read,
    outbox::parts,
    service::{
        DESKS,
        campaign::{Recipient, Wording},
        sample::People,
    },
    text::segment::is_one_plain_segment,
};

#[test]
fn every_text_is_one_segment_for_everybody() {
    let config = Config::parse("").unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("menus/pedulilindungi");
    let menu = check(&read(&folder).unwrap(), DESKS, &config.profiles()).unwrap().menu;
    let broadcasts: Vec<_> =
        menu.notices().iter().filter(|text| text.kind.is_broadcast()).collect();
    assert!(broadcasts.len() >= 3);
    for text in broadcasts {
        let wording = Wording::of(&menu, text);
        for language in menu.languages() {
            for entry in People::new(1, jiff::civil::date(2021, 8, 16)).take(300) {
                let (nik, name) = (entry.nik.as_str().to_owned(), entry.name.as_str().to_owned());
                let to = Recipient {
                    phone: setara::identity::Msisdn::parse("081290000001").unwrap(),
                    name: Some(entry.name),
                    nik: Some(entry.nik),
                    regency: None,
                    language: Some(language.clone()),
                    dose: Some(2),
                    date: Some(entry.birth),
                };
                let said = wording.write(&to, "12345678", None);
                assert!(is_one_plain_segment(&said) && parts::count(&said) == 1, "{said}");
                assert!(!said.contains(&nik) && !said.contains(&name), "{}", text.name);
                assert!(said.contains("STOP") && !said.contains('{'), "{said}");
            }
        }
    }
}
