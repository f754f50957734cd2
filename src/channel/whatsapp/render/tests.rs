use proptest::prelude::*;

use super::*;
use crate::menu::{language::Language, view::Drawn};

fn row(id: &str, label: &str) -> Row {
    Row { id: id.into(), label: label.into() }
}

fn card(body: &str, rows: &[(&str, &str)], keys: &[(&str, &str)]) -> Card {
    let all = |of: &[(&str, &str)]| of.iter().map(|(id, label)| row(id, label)).collect();
    let drawn = Drawn { choose: "Pilih".into(), other: "Lainnya".into() };
    Card { screen: "home".into(), body: body.into(), rows: all(rows), keys: all(keys), drawn }
}

fn to() -> Address {
    Address::Phone("6281234567890".into())
}

#[test]
fn three_are_buttons() {
    let card = card("Benar?", &[("yes", "Ya"), ("no", "Tidak")], &[("0", "Kembali")]);
    let button =
        |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "6281234567890",
        "type": "interactive",
        "interactive": {
            "type": "button", "body": {"text": "Benar?"},
            "action": {"buttons": [
                button("home/yes", "Ya"), button("home/no", "Tidak"), button("home/0", "Kembali"),
            ]},
        },
    });
    assert_eq!(message(&to(), "Benar?\n1 Ya\n2 Tidak\n0 Kembali", Some(&card)), expected);
}

#[test]
fn more_are_a_list_with_the_keys_apart() {
    let long = "Kabupaten Administrasi Kepulauan Seribu Utara";
    let card = card("Di mana?", &[("a", long), ("b", "Bogor"), ("c", long)], &[("0", "Kembali")]);
    let list = message(&Address::User("ID.1349".into()), "", Some(&card));
    assert_eq!((&list["recipient"], list.get("to")), (&json!("ID.1349"), None));
    let action = &list["interactive"]["action"];
    assert_eq!(action["button"], "Pilih");
    let expected = json!([
        {"title": "Pilih", "rows": [
            {"id": "home/a", "title": "Kabupaten Administrasi", "description": "Kepulauan Seribu Utara"},
            {"id": "home/b", "title": "Bogor"},
            {"id": "home/c", "title": "Kabupaten Administra (2)", "description": long},
        ]},
        {"title": "Lainnya", "rows": [{"id": "home/0", "title": "Kembali"}]},
    ]);
    assert_eq!(action["sections"], expected);
}

#[test]
fn a_long_label_makes_a_list_of_few() {
    let card = card("?", &[("a", "Sertifikat belum muncul")], &[]);
    let list = message(&to(), "", Some(&card));
    let expected = json!([{"rows": [{"id": "home/a", "title": "Sertifikat belum muncul"}]}]);
    assert_eq!(list["interactive"]["action"]["sections"], expected);
}

#[test]
fn what_has_no_room_is_a_text_to_type_an_answer_to() {
    let eleven: Vec<(String, String)> =
        (0..11).map(|at| (format!("r{at}"), format!("Baris {at}"))).collect();
    let eleven: Vec<(&str, &str)> = eleven.iter().map(|(id, label)| (&**id, &**label)).collect();
    let long_id = "x".repeat(200);
    for card in [
        card("?", &eleven, &[]),
        card(&"a".repeat(1025), &[("a", "A")], &[]),
        card("?", &[(&long_id, "A")], &[]),
        card("?", &[("0", "Nol")], &[("0", "Kembali")]),
        card("?", &[], &[]),
    ] {
        let sent = message(&to(), "Pilih: 1, 2", Some(&card));
        assert_eq!(sent["text"], json!({"preview_url": false, "body": "Pilih: 1, 2"}));
    }
    let sent = message(&to(), &"🙂".repeat(3000), None);
    let body = sent["text"]["body"].as_str().unwrap();
    assert_eq!((body.chars().count(), body.ends_with("🙂…")), (2048, true));
    assert_eq!(message(&to(), " \n\u{0}", None)["text"]["body"], "-");
}

#[test]
fn a_mark_is_a_sign_and_no_layout() {
    for (text, shown) in [
        ("Dial *119# atau *119*2#", "Dial *119# atau *119*2#"),
        ("Siti *tebal* Aminah", "Siti ∗tebal∗ Aminah"),
        ("_a_ dan ~b~ dan `c`", "ˍaˍ dan ∼b∼ dan ˋcˋ"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("nama_saya_itu", "nama_saya_itu"),
        ("*satu\ndua*", "*satu\ndua*"),
        ("> dikutip", "› dikutip"),
        ("```x```", "ˋˋˋxˋˋˋ"),
    ] {
        assert_eq!(said(text, TEXT), shown);
        assert_eq!(message(&to(), text, None)["text"]["body"], shown);
    }
}

fn kabar() -> Template {
    let language = Language::parse("id").unwrap();
    Template {
        name: "kabar".into(),
        language,
        code: None,
        service: None,
        text: None,
        values: vec![],
    }
}

#[test]
fn a_template_has_its_values_in_their_order() {
    let wide = Template { code: Some("en_US".into()), ..kabar() };
    let values = ["Siti", ""].map(str::to_owned);
    let expected = json!({
        "name": "kabar", "language": {"code": "en_US"},
        "components": [{"type": "body", "parameters": [
            {"type": "text", "text": "Siti"}, {"type": "text", "text": "-"},
        ]}],
    });
    assert_eq!(template(&to(), &wide, &values)["template"], expected);
    assert!(template(&to(), &kabar(), &[])["template"].get("components").is_none());
}

#[test]
fn a_template_has_one_line() {
    let sent = template(&to(), &kabar(), &["Nomor Anda:\n\n  A12     besok".to_owned()]);
    let expected = json!({
        "name": "kabar", "language": {"code": "id"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Nomor Anda: A12 besok"}]}],
    });
    assert_eq!((&sent["type"], &sent["template"]), (&json!("template"), &expected));
}

#[test]
fn a_document_has_a_name_without_folders() {
    let sent = document(&to(), "8123", "../sertifikat *1*.pdf", "");
    assert_eq!(sent["document"], json!({"id": "8123", "filename": "..-sertifikat -1-.pdf"}));
    let sent = document(&to(), "8123", "a.pdf", "Dosis 1");
    assert_eq!(sent["document"]["caption"], "Dosis 1");
}

#[test]
fn an_address_is_a_number_where_there_is_one() {
    let chat = |user, phone| ChatId::new(user, phone).unwrap();
    assert_eq!(Address::from(&chat(Some("ID.1"), Some("62812"))), Address::Phone("62812".into()));
    assert_eq!(Address::from(&chat(Some("ID.1"), None)), Address::User("ID.1".into()));
    assert_eq!(format!("{:?}", to()), "Phone(****)");
}

/// Letters of many kinds, some of two code units, some that must not be sent.
fn words(most: usize) -> impl Strategy<Value = String> {
    let letters = prop_oneof![
        6 => "[a-zA-Z ]{1,12}",
        2 => "[*_~`> \n\t\u{0}\u{1b}/%]{1,4}",
        2 => "[é漢ꦲ🙂👨‍👩‍👧]{1,6}",
        1 => ".{1,6}",
    ];
    prop::collection::vec(letters, 0..most).prop_map(|parts| parts.concat())
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    // Few letters, so that labels are alike and ids are the same.
    let id = prop_oneof![4 => "[a-z0-9]{1,4}", 1 => words(20)];
    let label = prop_oneof![2 => "[ab]{1,3}", 2 => "(Kabupaten ){1,9}[ab]", 3 => words(8)];
    prop::collection::vec((id, label).prop_map(|(id, label)| Row { id, label }), 0..7)
}

/// Holds the limits of `wire.md` §5, and gives back the ids.
fn within_limits(sent: &Value) -> Vec<String> {
    let fits = |value: &Value, most: usize| {
        let text = value.as_str().expect("a text");
        let units = text.encode_utf16().count();
        assert!((1..=most).contains(&units) && !text.trim().is_empty(), "{most}: {text:?}");
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        text.to_owned()
    };
    let different = |texts: &[String]| {
        assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len(), "{texts:?}");
    };
    if sent["type"] == "text" {
        fits(&sent["text"]["body"], TEXT);
        return vec![];
    }
    let drawn = &sent["interactive"];
    fits(&drawn["body"]["text"], BODY);
    let action = &drawn["action"];
    let (mut ids, mut titles) = (vec![], vec![]);
    if drawn["type"] == "button" {
        let buttons = action["buttons"].as_array().unwrap();
        assert!((1..=BUTTONS).contains(&buttons.len()));
        for button in buttons {
            ids.push(fits(&button["reply"]["id"], 256));
            titles.push(fits(&button["reply"]["title"], BUTTON_TITLE));
        }
    } else {
        fits(&action["button"], BUTTON_TITLE);
        let sections = action["sections"].as_array().unwrap();
        for section in sections {
            if sections.len() > 1 {
                fits(&section["title"], ROW_TITLE);
            }
            for row in section["rows"].as_array().unwrap() {
                ids.push(fits(&row["id"], 200));
                titles.push(fits(&row["title"], ROW_TITLE));
                if let Some(more) = row.get("description") {
                    fits(more, ROW_MORE);
                }
            }
        }
        assert!((1..=ROWS).contains(&ids.len()));
    }
    different(&ids);
    different(&titles);
    ids
}

proptest! {
    #[test]
    fn no_limit_is_exceeded(
        screen in prop_oneof!["[a-z_]{1,20}", words(4)],
        body in prop_oneof![4 => words(10), 1 => words(400)],
        text in words(40),
        rows in rows(),
        keys in rows(),
        choose in words(6),
    ) {
        let drawn = Drawn { choose, other: String::new() };
        let card = Card { screen, body, rows, keys, drawn };
        let sent = message(&to(), &text, Some(&card));
        let read: Vec<_> =
            within_limits(&sent).iter().map(|id| tap::read(id).expect("ours")).collect();
        if sent["type"] != "text" {
            let all = card.rows.iter().chain(&card.keys);
            let expected: Vec<_> =
                all.map(|row| (card.screen.clone(), row.id.clone())).collect();
            prop_assert_eq!(read, expected);
        }
    }

    #[test]
    fn texts_fit(text in words(1500)) {
        within_limits(&message(&to(), &text, None));
        let sent = template(&to(), &kabar(), std::slice::from_ref(&text));
        let value = sent["template"]["components"][0]["parameters"][0]["text"].as_str().unwrap();
        prop_assert!(!value.is_empty() && value.encode_utf16().count() <= PARAMETER);
        prop_assert!(!value.contains('\n') && !value.contains("  "));
        let sent = document(&to(), "1", &text, &text);
        let name = sent["document"]["filename"].as_str().unwrap();
        prop_assert!(name.encode_utf16().count() <= FILE_NAME && !name.contains(['/', '\\', '\n']));
        let caption = sent["document"]["caption"].as_str().unwrap_or_default();
        prop_assert!(caption.encode_utf16().count() <= CAPTION);
    }
}
