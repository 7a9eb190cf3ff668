//! The names of fields as programs, forms and data bases shorten and join them, in several languages.
//! Knows nothing of how they are matched.

use super::kind::Kind;

/// As [`super::cue_table::CUES`]: what stands here are abbreviations and words written as one.
pub(super) const FIELDS: &[(&str, &[Kind])] = &[
    (
        "clave unica,clave unica de registro,clave unica de registro de poblacion",
        &[Kind::MX_CURP],
    ),
    (
        "pass no,pass nr,pass number,passnr,passportnr,passportno,passport nr,ppt no,pptno,ppt number,travel doc,travel doc no,traveldoc,traveldocno,traveldocumentno,travel document no,travel document number,documento viaje,documento de viaje,reisepassnr,reisepass nr,paspoortnr,paspoortnummer,nr paszportu,numer paszportu,pasport,numero passeport,numero de passeport,numero pasaporte,numero passaporto,パスポート番号,passport book no,passeport no,pasaporte no",
        &[Kind::PASSPORT],
    ),
    (
        "driver license id,drivers license id,driver licence id,licence id,license id,licence no,license no,license nr,licence nr,dlnum,dl num,dlno,driverlic,driver lic,driver lic no,drv lic,drv lic no,driverlicenseno,driverlicensenumber,driverslicensenumber,driverlicencenumber,drivinglicencenumber,driver licence number,driver license number,driver license no,drivers license number,drivers license no,driving lic,driving lic no,driving licence number,driving license number,permis,permis conduire,permis de conduire,numero permis,numero de permis,num permis,fuehrerscheinnr,fuhrerscheinnr,fuhrerscheinnummer,fahrerlaubnis,fahrerlaubnisnummer,licencia conducir,licencia de conducir,licencia de conduccion,numero licencia,carnet conducir,carnet de conducir,permiso de conducir,carta conducao,carta de conducao,nr prawa jazdy,numer prawa jazdy,prawo jazdy nr,vodicsky prukaz,ridicsky prukaz,driver id number,driver id no,state id number,state id no",
        &[Kind::DRIVER_LICENSE],
    ),
    (
        "bday,b day,bdate,birthdt,birth dt,dob date,geburtstag,geb dat,gebdat,gebdatum,date naiss,datenaiss,fecha nac,fechanac,fec nac,urodziny,data ur,fodselsdato,fodselsdag,date birth,birthdaydate,nacimiento fecha,nato il,nata il,data nasc,dt nasc,dt nascimento,narozen,narozena",
        &[Kind::DATE_OF_BIRTH],
    ),
    (
        "socsec,socsecno,soc sec no,soc sec num,soc sec number,ss no,ss num,ssno,ssnum,ssnnumber,social sec,social sec no,social sec number",
        &[Kind::US_SSN, Kind::US_ITIN],
    ),
    (
        "individual taxpayer identification,individual taxpayer identification number,individual taxpayer id,individual tax id",
        &[Kind::US_ITIN, Kind::US_SSN],
    ),
    (
        "cvn,ccv,cid code,card code,verification value,card verification value,card verification number,cryptogramme,cryptogramme visuel,pruefziffer,kartenprufnummer,kartenpruefnummer,codigo seguridad,codigo de seguridad,codice di sicurezza,code de securite",
        &[Kind::CREDIT_CARD_CVV],
    ),
    (
        "pinblock,code pin,pin nummer,pin number,geheimzahl",
        &[Kind::PIN],
    ),
    (
        "dda number,ach account,acc number,acc num,kontonr,konto nr,numero compte,numero de compte,num compte,numero conto,numero di conto,rekeningnummer,nr rachunku,numer rachunku,rachunek,direct deposit account,creditor account,debtor account,cislo uctu,tilinumero,szamlaszam,numar cont,hesap no",
        &[Kind::US_BANK_NUMBER, Kind::BANK_ACCOUNT],
    ),
    (
        "mrn id,mrn no,mrn number,health plan id,health plan number,health plan member id,plan member id,insurance member id,insurance subscriber id,health insurance id,health insurance no,med rec,med rec no,med rec num,med rec number,medrecno,patient nbr,patient num,patient identifier,patientno,patientnumber,ehr id,emr id,emr number,ehr number,unit record number,numero dossier,numero patient,numero de patient,nip patient,historia clinica,numero historia clinica",
        &[Kind::MEDICAL_RECORD_NUMBER],
    ),
    ("deanumber,deano,dea num,dea id", &[Kind::MEDICAL_LICENSE]),
    ("npinumber,npino,npi no,npi num,npi id", &[Kind::US_NPI]),
    (
        "mbinumber,mbi no,mbi number,medicare claim number,hic number,hicn",
        &[Kind::US_MBI],
    ),
    (
        "phonenum,phoneno,phonenr,phone nbr,mobileno,mobilenumber,cellno,telno,contact no,contactno,contactnumber,telefonnr,telefon nr,handynr,handy nr,mobilnr,nr telefonu,numer telefonu,номер телефона,携帯番号,callback number,caller number,caller id number,from number,to number,numero telefono,numero de telefono,numero de telephone,numero di telefono,numero telephone",
        &[Kind::PHONE_NUMBER],
    ),
    (
        "straße,anschrift,hausanschrift,wohnort,domicile,via residenza,logradouro,ulica,cim,lakcim,strada,adresa bydliste,bydliste,gata adress",
        &[Kind::LOCATION],
    ),
    (
        "accountholdername,account holder name,emp name,signatory,emergency contact name,geburtsname,prijmeni,prenume,soyad,nazwisko rodowe",
        &[Kind::PERSON],
    ),
    (
        "nif no,nif nr,nif numero",
        &[Kind::TAX_ID, Kind::ES_NIF, Kind::PT_NIF],
    ),
    (
        "app key,appkey,application key,client key,shared key,activation key,ingest key,write key,writekey,admin key,adminkey,root key,csrf secret,jwt key,recovery code,backup code,recovery key,backup key,creds,client assertion,code verifier,hash salt,password salt,pepper,fernet key,aes key,cipher key,shared access key,sharedaccesskey",
        &[Kind::API_KEY],
    ),
    (
        "bindpw,bind pw,wpa psk,psk,preshared key,pre shared key,mdp,密碼,clave de acceso,clave secreta,clave wifi",
        &[Kind::PASSWORD, Kind::API_KEY],
    ),
    (
        "иин,жсн,iin kz,јмбг,матични број,јединствени матични број",
        &[Kind::NATIONAL_ID],
    ),
    (
        "identity no,identity nr,identity document,identity document number,id document number,id doc,id doc no,id doc number,civil id,civil number,civil id number,ausweis nr,ausweisnr,numero identite,numero d identite,carte identite,numero carte identite,num cni,cni,carta identita,carta d identita,numero carta identita,numero carta d identita,bilhete identidade,bilhete de identidade,cartao cidadao,cartao de cidadao,dowod osobisty,nr dowodu,nr dowodu osobistego,numer dowodu,cislo op,cislo obcanskeho prukazu,obcansky prukaz,henkilokortti,id kort,legitimation",
        &[Kind::NATIONAL_ID],
    ),
    (
        "sort code,sort code no,bsb,bsb number,bsb code,bsb no,clabe,clabe interbancaria,cuenta clabe,cbu,cvu,ccc,codigo cuenta cliente,cuenta corriente,cuenta bancaria,numero cuenta,cuenta ahorros,cuenta de ahorros,cuenta vista,nuban",
        &[Kind::US_BANK_NUMBER, Kind::BANK_ACCOUNT],
    ),
    (
        "taj,taj szam,taj szama,taj number,nss,imss,imss number,numero imss,numero seguro social,numero de seguro social,numero seguridad social,numero de seguridad social,numero de afiliacion,pis,pis pasep,pasep,nis,numero pis,carteira de identidade,registro geral,titulo de eleitor,titulo eleitor,matricule,matricule national,numero matricule,numero de matricule,cartao do cidadao,numero cc,cc numero,citizen card,citizen card number,nic number,nic no,lankan nic,tw id,raqam qawmi,no kp,no k p,cedula ciudadania,nic num,ghana card,ghana card number,ghana card no,ghana card pin,bvn,bvn number,bank verification number,cmnd,so cmnd,so cccd,kitambulisho,nomor nik,nik number,jedinstveni maticni broj,maticni broj,id nommer,id card no,id card nr,身分證號碼,身分證號,شناختی کارڈ,জাতীয় পরিচয়পত্র,رقم الإقامة,کد ملی,c c no,c c n",
        &[Kind::NATIONAL_ID],
    ),
    (
        "polish id,spanish id,italian id,french id,german id,portuguese id,dutch id,belgian id,swedish id,danish id,finnish id,turkish id,greek id,romanian id,bulgarian id,croatian id,serbian id,hungarian id,czech id,slovak id,slovenian id,ukrainian id,russian id,korean id,japanese id,taiwanese id,indonesian id,malaysian id,vietnamese id,pakistani id,indian id,sri lankan id,bangladeshi id,brazilian id,argentine id,argentinian id,colombian id,peruvian id,ecuadorian id,uruguayan id,paraguayan id,bolivian id,venezuelan id,mexican id,dominican id,egyptian id,kenyan id,nigerian id,ghanaian id,emirati id,kuwaiti id,kazakh id,malaysian ic",
        &[Kind::NATIONAL_ID],
    ),
    (
        "nhi,nhi number,nhi no,national health index,ohip,ohip number,ohip no,hcn,health card no,phn,personal health number,medicaid id,medicaid number,medicaid no,ramq,ehic,ehic number,numero assurance maladie,numero d assurance maladie,tessera sanitaria,insurance member number,insurance policy holder id",
        &[Kind::MEDICAL_RECORD_NUMBER],
    ),
    (
        "α φ μ,r f c,n fiscal,numero spi,taxpayer number,inn fl,tax number ua,adoazonosito jel,adoazonosito jele",
        &[Kind::TAX_ID],
    ),
    (
        "d n i,n i f,n i e",
        &[Kind::ES_NIF, Kind::ES_NIE, Kind::PT_NIF, Kind::NATIONAL_ID],
    ),
    ("c i,c i no,c i n", &[Kind::NATIONAL_ID, Kind::EC_CEDULA]),
    (
        "α μ κ α,greek social security,greek social security number",
        &[Kind::GR_AMKA, Kind::NATIONAL_ID],
    ),
    ("c u i t,c u i l", &[Kind::AR_CUIT]),
    ("c p f", &[Kind::BR_CPF]),
    ("c n p", &[Kind::RO_CNP]),
    ("r u t", &[Kind::CL_RUT]),
    ("c f,cod fiscale,cod fisc", &[Kind::IT_FISCAL_CODE]),
    ("r c", &[Kind::CZ_BIRTH_NUMBER]),
    ("ת ז", &[Kind::IL_ID]),
    (
        "iin,iin number,individual identification number",
        &[Kind::KZ_IIN],
    ),
    ("rg,r g,rg numero,numero rg,rg number", &[Kind::BR_RG]),
    ("आधार,आधार संख्या", &[Kind::IN_AADHAAR]),
    (
        "national register number,national registration number",
        &[Kind::BE_NRN, Kind::NATIONAL_ID],
    ),
    ("citizen service number", &[Kind::NL_BSN]),
    (
        "personal public service,personal public service number",
        &[Kind::IE_PPS],
    ),
    (
        "person number,person nr,pers nr,personal number",
        &[Kind::SE_PERSONNUMMER, Kind::NO_FODSELSNUMMER],
    ),
    (
        "fodsels nr,fødselsnummer,fødselsnr,fødsels nr",
        &[Kind::NO_FODSELSNUMMER],
    ),
    (
        "паспорт рф,паспорт серия,seria nomer,seriya nomer",
        &[Kind::PASSPORT],
    ),
    (
        "fuehrerscheinnummer,fuehrerschein nummer,fuehrerschein nr",
        &[Kind::DRIVER_LICENSE],
    ),
    (
        "ddn,ur,nascido em,nascida em,ne e le,nascut la,nascuta la",
        &[Kind::DATE_OF_BIRTH],
    ),
    ("policy holder,policyholder", &[Kind::PERSON]),
];
