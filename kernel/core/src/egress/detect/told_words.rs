//! The words in which people tell each other secrets, in tickets, chats and mails of several languages.
//! Knows nothing of what the secrets look like.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::egress::fold;
use crate::egress::table_hash::TableHash;

/// What a word says of a secret near it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::egress) enum Told {
    /// It is one that a person types.
    Password,
    /// It is one that a program sends.
    Token,
    /// As [`Told::Token`], where a word beside it says what the key is for.
    Key,
    /// It is a short number.
    Pin,
    /// As [`Told::Pin`], where a word beside it says what the code is for.
    Code,
    /// A user's name comes first.
    Login,
    /// It is what opens something.
    Deed,
    /// As [`Told::Password`], where no other meaning of the word fits.
    Pass,
}

/// Words that tell of a secret, without accents.
const TELLERS: [(Told, &str); 8] = [
    (
        Told::Password,
        "password passwd pwd passphrase passcode pw passwort kennwort passwords initialpasswort einmalpasswort \
         startpasswort standardpasswort masterpasswort adminpasswort rootpasswort wlanpasswort passe mdp contrasena clave senha parola \
         wachtwoord standaardwachtwoord wifiwachtwoord ww hasło hasla hasłem losenord losenordet adgangskode adgangskoden passord passordet salasana \
         salasanasi salasanani heslo jelszo jelszavad jelszava parolaniz parolanız sifre sifreniz пароль пароля паролем \
         κωδικος lozinka geslo",
    ),
    (
        Told::Token,
        "token tokens jeton secret secreto segreto segredo geheimnis bearer apikey",
    ),
    (
        Told::Key,
        "key schlussel cle chiave chave llave sleutel nyckel klucz question",
    ),
    (
        Told::Deed,
        "decrypt unlock unzip entsperren entschlusseln offnen dechiffrer deverrouiller descifrar desbloquear sbloccare",
    ),
    (Told::Pass, "pass"),
    (
        Told::Pin,
        "pin pincode otp bestatigungscode einmalcode sicherheitscode freischaltcode zugangscode",
    ),
    (Told::Code, "code codigo codice kod kode"),
    (
        Told::Login,
        "login logon logins log logging logged sign signing creds credentials credential cred anmelden einloggen zugangsdaten \
         anmeldedaten logindaten identifiants connectez connecter connexion credenciales credenciais credenziali \
         inloggegevens inloggen zugang wifi wlan ssid hotspot accedi accedere entra entre entrar inicia accede",
    ),
];

/// What stands in a sentence around a secret: one bit a list.
pub(super) mod part {
    /// The verb or mark before a value.
    pub(in crate::egress::detect) const IS: u16 = 1;
    /// What may stand between that and the value.
    pub(in crate::egress::detect) const STILL: u16 = 1 << 1;
    /// What becomes of a secret.
    pub(in crate::egress::detect) const CHANGE: u16 = 1 << 2;
    /// What stands before the value then.
    pub(in crate::egress::detect) const TO: u16 = 1 << 3;
    /// What somebody does with a secret.
    pub(in crate::egress::detect) const USE: u16 = 1 << 4;
    /// What stands between a value and the word for what it is.
    pub(in crate::egress::detect) const AS: u16 = 1 << 5;
    /// What stands before that word.
    pub(in crate::egress::detect) const THE: u16 = 1 << 6;
    /// What makes the word one for something else: `password policy`.
    pub(in crate::egress::detect) const ABOUT: u16 = 1 << 7;
    /// What a key or a code is for.
    pub(in crate::egress::detect) const FOR: u16 = 1 << 8;
    /// What stands between a user and a password.
    pub(in crate::egress::detect) const AND: u16 = 1 << 9;
    /// What may follow a verb and is no secret.
    pub(in crate::egress::detect) const LIKE: u16 = 1 << 10;
    /// What stands between two values.
    pub(in crate::egress::detect) const OTHER: u16 = 1 << 11;
}

const PARTS: [(u16, &str); 12] = [
    (
        part::IS,
        "is are was were be reads remains becomes equals lautet lauten ist sind war wird est sont etait es son era e sono er \
         ar je jest este ειναι zijn value it's its that's here's c'est should must been sendo siendo told : = -> => → — – -",
    ),
    (
        part::STILL,
        "now still currently always simply just again temporarily temporary only actually exactly noch jetzt weiterhin nun \
         aktuell fruher immer auch toujours maintenant encore bien aussi ahora sigue siendo siempre tambien ancora adesso sempre anche agora ainda continua sendo tambem nu nog steeds altijd ook also used formerly previously before then the le la el il das following \
         been user",
    ),
    (
        part::CHANGE,
        "changed change changing reset set update updated replaced ersetzt export exported generated updating rotated rotate switched modified geandert zurückgesetzt \
         zuruckgesetzt gesetzt setze setzen andern changer reinitialise modifie remplace cambie cambiado cambiada cambio \
         cambiar cambiato cambiata reimpostata reimpostato mudei mudou alterei alterada redefinida gewijzigd veranderd gezet",
    ),
    (
        part::TO,
        "to as by from auf zu von en in a por para da naar van til till na durch",
    ),
    (
        part::USE,
        "use using used with enter entering type typing try trying tried send sent pass passing via mit nutze verwende \
         verwenden nimm avec utilisez utiliser utilise entrez saisissez con usa usar usando ingrese digite com met gebruik \
         gebruiken voer authenticate",
    ),
    (
        part::AS,
        "is as was that's ist als est comme es como come e era jest var for",
    ),
    (
        part::THE,
        "the my your our his her their a an this that new old temp temporary current default admin root das dein ihr ihre unser \
         mein den der als le la votre mon ton notre el su mi tu il lo o seu sua minha het je uw mijn mot de da palavra api \
         access bearer auth authentication login verification one time security root service client wifi prompted when asked \
         initial correct right real only",
    ),
    (
        part::ABOUT,
        "policy policies field prompt reset length hash hashes file manager managers rotation authentication expiry expiration \
         expires expired protected protection spraying page link form column server store requirement requirements rule rules \
         strength generator hint type types count limit reader endpoint rate level name names version versions \
         table tables id ids number path location way fail fails foranea primaria primary foreign estrangeira",
    ),
    (
        part::FOR,
        "api access secret encryption signing private recovery licence license wifi wlan shared auth service account webhook \
         client deploy master storage session host server segreta secreta secrete privada privata acceso accesso verification \
         verify confirm confirmation one time onetime login logon security unlock sign authentication otp pin 2fa mfa sms \
         backup verifica verificacion verificacao here heres bestatigungs passwort password my our your network guest \
         alarm door gate safe garage entry card acces wpa",
    ),
    (part::AND, "and und et y e i en og och / : , - – | pw pass"),
    (
        part::OTHER,
        "not nicht instead but or oder sondern then pas no non",
    ),
    (
        part::LIKE,
        "wrong incorrect invalid valid required optional missing empty unknown hidden hashed stored asked same the a an in on at \
         to for of by with from not no never always being used needed kept set sent shared managed expired expiring locked \
         protected encrypted visible known different correct case too very also still now only about available based \
         generated rotated changed reset passed read written saved safe secure weak strong long short clear plain located \
         provided returned created validated checked rejected accepted denied due going what where when how why which \
         that this it your my our their his her one same-as as if or and but \
         falsch ungultig abgelaufen erforderlich korrekt richtig nicht im in onjuist verplicht verlopen niet fel inte forkert \
         obligatoire incorrect incorrecte invalide manquante manquant dans obligatoria incorrecta invalida en \
         obbligatoria errata scaduta nel nella obrigatoria incorreta no na wymagane virheellinen",
    ),
];

/// Names of methods, formats and products that hold a digit.
const PRODUCTS: &str = "pkcs#1 pkcs#5 pkcs#7 pkcs#8 pkcs#11 pkcs#12 1password 2fa aes128 aes192 aes256 argon2 argon2d argon2i argon2id \
    auth0 base32 base58 base64 crc32 dynamodb2 ec2 ed25519 es256 fido2 hs256 hs384 hs512 http2 ipv4 ipv6 k8s \
    keepass2 keepassxc2 krb5 log4j m365 md5 mp3 mp4 ntlmv2 o365 oauth2 oauth2.0 office365 p12 pbkdf2 pkcs12 pkcs8 \
    python2 python3 rs256 rs384 rs512 rsa2048 rsa4096 s3 saml2 sha1 sha2 sha256 sha3 sha384 sha512 utf8 wpa2 wpa3 \
    x509";

type Table<T> = HashMap<&'static [u8], T, TableHash>;

static KNOWN_TELLERS: LazyLock<Table<Told>> = LazyLock::new(|| {
    let all = TELLERS.iter();
    all.flat_map(|(told, words)| {
        words
            .split_whitespace()
            .map(|word| (word.as_bytes(), *told))
    })
    .collect()
});

static KNOWN_PARTS: LazyLock<Table<u16>> = LazyLock::new(|| {
    let mut table = Table::default();
    for (part, words) in PARTS {
        for word in words.split_whitespace() {
            *table.entry(word.as_bytes()).or_default() |= part;
        }
    }
    table
});

static KNOWN_PRODUCTS: LazyLock<Table<()>> = LazyLock::new(|| {
    PRODUCTS
        .split_whitespace()
        .map(|word| (word.as_bytes(), ()))
        .collect()
});

/// How long they are, by the last five bits of their first letter: one bit a length.
static TELLER_LENGTHS: LazyLock<[u64; 32]> = LazyLock::new(|| {
    let mut lengths = [0; 32];
    for word in KNOWN_TELLERS.keys() {
        if let Some(slot) = lengths.get_mut(first_of(word)) {
            *slot |= 1 << (word.len() % 64);
        }
    }
    lengths
});

fn first_of(word: &[u8]) -> usize {
    usize::from(word.first().copied().unwrap_or(0) & 31)
}

/// Longest word that is looked up, in bytes.
const WORD_BYTES_MAX: usize = 32;

/// The words that tell of a secret.
pub(in crate::egress) fn tellers() -> impl Iterator<Item = &'static [u8]> {
    KNOWN_TELLERS.keys().copied()
}

/// What a word, in whatever case, tells.
pub(super) fn told(word: &str) -> Option<Told> {
    let lengths = TELLER_LENGTHS.get(first_of(word.as_bytes())).copied();
    // What is not ASCII may be written in more than one way.
    let may = lengths.is_some_and(|lengths| lengths >> (word.len() % 64) & 1 == 1);
    if may || !word.is_ascii() {
        looked_up(word, &KNOWN_TELLERS)
    } else {
        None
    }
}

/// The lists in which a word stands: bits of [`part`].
pub(super) fn parts(word: &str) -> u16 {
    looked_up(word, &KNOWN_PARTS).unwrap_or(0)
}

/// Whether a word, in whatever case, is the name of a method, a format or a product.
pub(super) fn is_product(word: &str) -> bool {
    word.is_ascii() && looked_up(word, &KNOWN_PRODUCTS).is_some()
}

fn looked_up<T: Copy>(word: &str, table: &Table<T>) -> Option<T> {
    if word.is_ascii() {
        let mut lower = [0; WORD_BYTES_MAX];
        let slots = lower.get_mut(..word.len())?;
        slots.copy_from_slice(word.as_bytes());
        slots.make_ascii_lowercase();
        return table.get(&*slots).copied();
    }
    if word.len() > 2 * WORD_BYTES_MAX {
        return None;
    }
    let mut words = fold::words(word).into_iter();
    let (first, more) = (words.next(), words.next());
    match (first, more) {
        (Some(only), None) => table.get(only.as_bytes()).copied(),
        (None, _) => table.get(word.as_bytes()).copied(),
        _ => None,
    }
}

/// Whether a word after a verb says something of a secret, and is none: `the password is wrong`.
pub(super) fn is_said_of(word: &str) -> bool {
    let letters = word.bytes().all(|byte| byte.is_ascii_lowercase());
    let done = word.len() >= 6 && word.ends_with("ed");
    letters && (done || parts(word) & (part::LIKE | part::STILL) != 0)
}
