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
];
