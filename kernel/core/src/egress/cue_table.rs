//! The words that name types: keys, column headings and cues in running text, in several languages.
//! Knows nothing of how they are matched.

use super::kind::Kind;

/// Phrases (comma-separated, lower case, without accents) and the types they name.
pub(super) const CUES: &[(&str, &[Kind])] = &[
    (
        "email,e mail,mail,emails,emailaddress,email address,courriel,correo,correo electronico,posta elettronica,электронная почта,эл почта,почта,邮箱,电子邮件,電子郵件,メール,メールアドレス,이메일,אימייל,البريد الإلكتروني,ηλεκτρονικη διευθυνση,e mail adresse,recipient email,to address,from address,reply to",
        &[Kind::EMAIL_ADDRESS],
    ),
    (
        "phone,phones,phonenumber,phone number,telephone,tel,mobile,mobile number,cell,cellphone,cell phone,fax,telefon,telefonnummer,handy,handynummer,telefono,telefone,celular,movil,portable,whatsapp,msisdn,call,text me,sms,contact number,hotline,телефон,тел,мобильный,моб,手机,手机号,手机号码,电话,电话号码,電話,電話番号,携帯,携帯電話,전화,전화번호,휴대폰,연락처,טלפון,נייד,هاتف,الهاتف,رقم الهاتف,جوال,τηλεφωνο,κινητο,โทร,โทรศัพท์,reach me,reach,dial,ph,mob,telemovel,telefoon,telefoonnummer,tlf,tlf nr,mobil,mobiltelefon,mobilnummer,puhelin,puhelinnumero,matkapuhelin,gsm,cep telefonu,cep tel,komorka,telefon komorkowy,numer telefonu,mobiel,mobiele nummer,số điện thoại,điện thoại,sdt,no hp,nomor hp,nomor telepon,telepon,мобільний,мобилен,telefonszam,cellulare,फ़ोन,फोन,मोबाइल,मोबाइल नंबर,simanumer,farsimi",
        &[Kind::PHONE_NUMBER],
    ),
    (
        "card,pan,cardnumber,card number,card no,creditcard,credit card,debit card,cc,cc number,ccnum,ccn,card num,kreditkarte,kartennummer,tarjeta,carte bancaire,carte,carta di credito,cartao,карта,номер карты,银行卡,银行卡号,信用卡,信用卡号,カード番号,クレジットカード,카드번호,신용카드,כרטיס אשראי,بطاقة,بطاقة الائتمان,καρτα,visa,mastercard,amex,american express,maestro,discover,diners,jcb,unionpay,payment card,primary account number,account pan,paid with,pay with,charged to",
        &[Kind::CREDIT_CARD],
    ),
    (
        "cvv,cvc,cvv2,cvc2,csc,card verification,security code,card security code",
        &[Kind::CREDIT_CARD_CVV],
    ),
    ("pin,pin code,pincode,card pin,atm pin", &[Kind::PIN]),
    ("iban,iban code,iban number", &[Kind::IBAN_CODE]),
    (
        "swift,bic,swift code,bic code,swiftcode,swift bic",
        &[Kind::SWIFT_CODE],
    ),
    (
        "account number,account no,account num,accountnumber,acct,acct number,acct no,acct num,bank account,bank account number,bankaccount,checking account,savings account,checking,savings,beneficiary account,kontonummer,konto,numero de cuenta,cuenta,numero de compte,compte bancaire,conto corrente,a c,acc no,to account,from account,my account,account is,your account",
        &[Kind::US_BANK_NUMBER, Kind::BANK_ACCOUNT],
    ),
    (
        "routing,routing number,routing no,aba,aba number,aba routing,rtn,routingnumber,aba routing number,transit number",
        &[Kind::ABA_ROUTING_NUMBER],
    ),
    (
        "ssn,ssns,social security,social security number,social security no,socialsecurity,socialsecuritynumber,ss number,soc sec,us ssn,social,social insurance number us,ssn number,taxpayer ssn",
        &[Kind::US_SSN, Kind::US_ITIN],
    ),
    (
        "itin,individual taxpayer,taxpayer identification number",
        &[Kind::US_ITIN, Kind::US_SSN],
    ),
    (
        "tin,tax id,taxid,tax identification number,tax identification,tax number,taxpayer id,tax no,steuernummer,numero fiscal,tax identifier,codigo fiscal",
        &[
            Kind::US_ITIN,
            Kind::US_SSN,
            Kind::DE_TAX_ID,
            Kind::PT_NIF,
            Kind::ES_NIF,
            Kind::AU_TFN,
            Kind::BR_CPF,
            Kind::BR_CNPJ,
            Kind::IN_PAN,
            Kind::TAX_ID,
        ],
    ),
    (
        "national id,nationalid,national identifier,national identity,national id number,id number,identity number,identity card,id card,national number,personal number,personal id,personal code,government id,gov id,identification number,citizen id,citizen number,resident id,resident number,document number,nid,id no,удостоверение личности,личный номер,رقم الهوية,الهوية الوطنية,matriculation civile,ident number,idnumber,personal identity code,identity code,social number,numero de identidad,ssn equivalent,id document",
        &[
            Kind::NATIONAL_ID,
            Kind::PL_PESEL,
            Kind::KR_RRN,
            Kind::FI_PERSONAL_IDENTITY_CODE,
            Kind::SE_PERSONNUMMER,
            Kind::NO_FODSELSNUMMER,
            Kind::DK_CPR,
            Kind::BE_NRN,
            Kind::CH_AHV,
            Kind::RO_CNP,
            Kind::CZ_BIRTH_NUMBER,
            Kind::ZA_ID_NUMBER,
            Kind::TH_TNIN,
            Kind::BR_CPF,
            Kind::ES_NIF,
            Kind::ES_NIE,
            Kind::PT_NIF,
            Kind::NL_BSN,
            Kind::DE_TAX_ID,
            Kind::UK_NHS,
            Kind::CA_SIN,
            Kind::AU_TFN,
            Kind::IN_AADHAAR,
            Kind::TR_NATIONAL_ID,
            Kind::JP_MY_NUMBER,
            Kind::IL_ID,
            Kind::CN_RESIDENT_ID,
            Kind::FR_NIR,
            Kind::MX_CURP,
            Kind::CL_RUT,
            Kind::SG_NRIC_FIN,
            Kind::IT_FISCAL_CODE,
            Kind::US_SSN,
            Kind::IE_PPS,
        ],
    ),
    (
        "инн,纳税人识别号,税号,納税者番号,αφμ,afm,ird,ird number,rfc mx,adoazonosito,adoszam,npwp,vat number,vat id,vat no,ein,utr,unique taxpayer reference,rif,nit,ruc,vergi no,vergi numarası,vergi kimlik no,tax registration number,vat registration number,vat registration no,vat reg no,vat,gst no,nip,numer nip,partita iva,p iva,piva,partitaiva,u st id nr,u st idnr,ust id nr,ust idnr,ustidnr,ust id,umsatzsteuer id,umsatzsteueridentifikationsnummer,uid nummer,mwst nummer,mwst nr,btw nummer,btw nr,ondernemingsnummer,numero de tva,numero tva,tva intracommunautaire,no tva,rfc,employer identification number,employer id,fein,brn,business registration number,사업자등록번호,法人番号,corporate number,uen,spi,numero fiscal de reference,atin,kra pin,vkn,vergi kimlik numarasi,inn,st nr,steuer nr,steuernr,momsnummer,moms nr,cvr,cvr nummer,company registration number",
        &[Kind::TAX_ID],
    ),
    (
        "personalausweis,personalausweisnummer,ausweisnummer,снилс,身分證,身分證字號,身份證號碼,αριθμος ταυτοτητας,ταυτοτητα,cnic,nomor induk kependudukan,nik ktp,ktp,szemelyi szam,szemelyi azonosito,emso,jmbg,umcn,personas kods,hkid,hkid no,hkid number,hong kong id,hong kong identity card,香港身份證,香港身份证,taiwan id,roc id,身分證統一編號,nik,nomor ktp,carte d identite,insurance no,personas code,pk kods,snils,nin,national identification number,nid number,cccd,can cuoc cong dan,umid,voter id,voter id number,voter id no,epic no,epic number,emirates id,emirates id number,iqama,iqama number,saudi id,الرقم القومي,pesel number id,rentenversicherungsnummer,rvnr,rv nummer,sozialversicherungsnr,krankenversichertennummer,kvnr,versichertennummer,krankenversicherungsnummer",
        &[Kind::NATIONAL_ID],
    ),
    (
        "documento,documento de identidad,documento nacional,dni number,carnet de identidad,dni,numero de documento",
        &[Kind::NATIONAL_ID, Kind::ES_NIF, Kind::ES_NIE],
    ),
    (
        "cedula,cedula de identidad",
        &[Kind::NATIONAL_ID, Kind::EC_CEDULA],
    ),
    (
        "insurance number,social insurance number",
        &[Kind::NATIONAL_ID, Kind::CA_SIN, Kind::AT_SVNR, Kind::CH_AHV],
    ),
    ("sozialversicherungsnummer", &[Kind::AT_SVNR, Kind::CH_AHV]),
    ("rc", &[Kind::CZ_BIRTH_NUMBER]),
    (
        "egn,edinen grazhdanski nomer,егн,единен граждански номер",
        &[Kind::BG_EGN, Kind::NATIONAL_ID],
    ),
    ("isikukood,isiku kood,estonian id", &[Kind::EE_ISIKUKOOD]),
    ("asmens kodas,lithuanian id", &[Kind::LT_ASMENS_KODAS]),
    ("oib,osobni identifikacijski broj", &[Kind::HR_OIB]),
    ("amka,αμκα", &[Kind::GR_AMKA, Kind::NATIONAL_ID]),
    ("cuit,cuil,cuit number,cuil number", &[Kind::AR_CUIT]),
    ("kennitala,kt", &[Kind::IS_KENNITALA]),
    (
        "svnr,sv nr,sv nummer,svnummer,sozialversicherungsnummer,versicherungsnummer",
        &[Kind::AT_SVNR, Kind::NATIONAL_ID],
    ),
    (
        "rnokpp,рнокпп,rntrc,ipn,іпн,ідентифікаційний код",
        &[Kind::UA_RNOKPP, Kind::NATIONAL_ID],
    ),
    (
        "mykad,my kad,ic number,ic no,no ic,mykad no,nric no,nric,malaysian id,kad pengenalan",
        &[Kind::MY_NRIC, Kind::SG_NRIC_FIN],
    ),
    (
        "cedula,cedula de identidad,cedula de ciudadania",
        &[Kind::EC_CEDULA, Kind::NATIONAL_ID],
    ),
    (
        "my name,name is,patient,full legal name,i am called,name of patient,name of customer",
        &[Kind::PERSON],
    ),
    (
        "health card,health card number,chart number,chart no,patient chart,health insurance number,insurance id,member id number,health id",
        &[Kind::MEDICAL_RECORD_NUMBER],
    ),
    (
        "secret key base,signing key base,master password,root token,vault token,bot token,webhook url,deploy token,encryption secret,cookie secret,session secret,auth secret,private token",
        &[Kind::API_KEY],
    ),
    (
        "nhs,nhs number,nhs no,nhsnumber,national health service",
        &[Kind::UK_NHS],
    ),
    (
        "nino,ni number,national insurance,national insurance number,ni no",
        &[Kind::UK_NINO],
    ),
    (
        "sin,social insurance,social insurance no,canadian sin,sin number,nas,numero d assurance sociale",
        &[Kind::CA_SIN],
    ),
    ("tfn,tax file number,tax file,tax file no", &[Kind::AU_TFN]),
    (
        "medicare,medicare number,medicare card,medicare no",
        &[Kind::AU_MEDICARE, Kind::US_MBI],
    ),
    (
        "mbi,medicare beneficiary,beneficiary identifier,medicare beneficiary identifier",
        &[Kind::US_MBI],
    ),
    ("abn,australian business number", &[Kind::AU_ABN]),
    ("acn,australian company number", &[Kind::AU_ACN]),
    (
        "aadhaar,aadhar,adhaar,uidai,aadhaar number,uid number",
        &[Kind::IN_AADHAAR],
    ),
    ("gstin,gst number,gst", &[Kind::IN_GSTIN]),
    (
        "pan card,pan number,permanent account,permanent account number,pan no",
        &[Kind::IN_PAN, Kind::CREDIT_CARD],
    ),
    (
        "nif,dni,cif,nif number",
        &[Kind::ES_NIF, Kind::PT_NIF, Kind::ES_NIE],
    ),
    ("nie", &[Kind::ES_NIE]),
    (
        "contribuinte,numero de contribuinte,nif pt",
        &[Kind::PT_NIF],
    ),
    (
        "codice fiscale,fiscal code,codicefiscale,cf",
        &[Kind::IT_FISCAL_CODE],
    ),
    ("pesel,numer pesel", &[Kind::PL_PESEL]),
    (
        "hetu,henkilotunnus,henkilotunnukset,personal identity code,personbeteckning",
        &[Kind::FI_PERSONAL_IDENTITY_CODE],
    ),
    (
        "personnummer,samordningsnummer,personnr,pnr,coordination number,swedish personal number",
        &[Kind::SE_PERSONNUMMER, Kind::NO_FODSELSNUMMER],
    ),
    (
        "fodselsnummer,fnr,fodselsnr,d number,d nummer,dnr,norwegian id,personnummer",
        &[Kind::NO_FODSELSNUMMER],
    ),
    (
        "cpr,cpr number,cpr nummer,cprnummer,personnummer dk,personnummer,danish cpr",
        &[Kind::DK_CPR],
    ),
    (
        "rrn,resident registration,resident registration number,jumin,주민등록번호,주민번호,외국인등록번호,frn,foreigner registration number,alien registration number",
        &[Kind::KR_RRN, Kind::NATIONAL_ID],
    ),
    ("nric,fin number,nric fin,nric number", &[Kind::SG_NRIC_FIN]),
    (
        "sa id,south african id,rsa id,za id,id number za,identity number za,south african identity number",
        &[Kind::ZA_ID_NUMBER],
    ),
    (
        "tckn,tc no,tc kimlik,tc kimlik no,kimlik,kimlik no,t c kimlik",
        &[Kind::TR_NATIONAL_ID],
    ),
    (
        "steuer id,steuerid,steueridnr,steuer idnr,steueridentifikationsnummer,steuer identifikationsnummer,idnr,steuerliche identifikationsnummer,identifikationsnummer,id nr,steuerliche id,steuer identifikationsnr",
        &[Kind::DE_TAX_ID],
    ),
    (
        "tnin,thai id,thai national,laser id,เลขประจำตัวประชาชน,รหัสประชาชน,เลขบัตรประชาชน",
        &[Kind::TH_TNIN, Kind::NATIONAL_ID],
    ),
    ("cpf,cadastro de pessoas", &[Kind::BR_CPF]),
    ("cnpj,cadastro nacional", &[Kind::BR_CNPJ]),
    (
        "nir,numero de securite sociale,securite sociale,insee,num secu,secu,nss",
        &[Kind::FR_NIR],
    ),
    ("bsn,burgerservicenummer,sofinummer,sofi", &[Kind::NL_BSN]),
    (
        "rijksregisternummer,nrn,numero de registre national,registre national,nationaal nummer,insz,niss,rrn be,numero national,bis number,bisnummer,bis nummer,numero bis",
        &[Kind::BE_NRN],
    ),
    (
        "ahv,avs,ahv nummer,ahvnummer,numero avs,ahvn13",
        &[Kind::CH_AHV],
    ),
    ("cnp,cod numeric personal", &[Kind::RO_CNP]),
    (
        "rodne cislo,rc number,birth number,rodne,rodne c",
        &[Kind::CZ_BIRTH_NUMBER, Kind::NATIONAL_ID],
    ),
    (
        "resident identity,shenfenzheng,china id,chinese id,prc id,身份证,身份证号,身份证号码,公民身份号码",
        &[Kind::CN_RESIDENT_ID, Kind::NATIONAL_ID],
    ),
    ("curp", &[Kind::MX_CURP]),
    (
        "my number,mynumber,individual number,kojin bango,マイナンバー,個人番号",
        &[Kind::JP_MY_NUMBER, Kind::NATIONAL_ID],
    ),
    (
        "teudat zehut,tz,mispar zehut,israeli id,zehut,תעודת זהות,מספר זהות",
        &[Kind::IL_ID, Kind::NATIONAL_ID],
    ),
    ("rut,run,rut number", &[Kind::CL_RUT]),
    ("pps,ppsn,pps number,pps no", &[Kind::IE_PPS]),
    (
        "npi,npi number,national provider,national provider identifier,provider npi",
        &[Kind::US_NPI],
    ),
    (
        "dea,dea number,dea no,dea registration,medical license,medical licence,medical license number",
        &[Kind::MEDICAL_LICENSE],
    ),
    (
        "mrn,medical record,medical record number,medical record no,patient id,patient number,patient no,chart number,patientid,hospital number,health record,patientennummer,patienten nr,patientenid,patienten id,fallnummer,chart no,chart nr,numero de dossier,dossier medical,historia clinica,numero de historia clinica,nhc,cartella clinica,patientnummer,numer pacjenta,prontuario,hospital no",
        &[Kind::MEDICAL_RECORD_NUMBER],
    ),
    (
        "passport,passport number,passport no,passportnumber,passport num,passport id,reisepass,reisepassnummer,passeport,pasaporte,passaporto,passaporte,travel document,passnummer,паспорт,серия и номер паспорта,загранпаспорт,护照,护照号,护照号码,護照,パスポート,旅券番号,여권,여권번호,דרכון,جواز السفر,رقم الجواز,διαβατηριο,หนังสือเดินทาง,numero de passeport,paspoort,paspoortnummer,paszport,numer paszportu,pasaport,pasaport no,passi numero,útlevél,útlevélszám,cestovní pas,číslo pasu,護照號碼,護照號,hộ chiếu,paspor,nomor paspor,numero de pasaporte,numero di passaporto,numero do passaporte,паспортные данные,номер паспорта,паспорт серия и номер,серия и номер",
        &[Kind::PASSPORT],
    ),
    (
        "driver license,driver licence,drivers license,drivers licence,driver s license,driver s licence,driving license,driving licence,driverlicense,driverslicense,license number,licence number,dl,dl number,dl no,dln,dvla,fuhrerschein,fuehrerschein,fuhrerscheinnummer,permis de conduire,permiso de conducir,patente,licencia de conducir,rijbewijs,rijbewijsnummer,patente di guida,numero patente,carnet de conducir,carne de conducir,carta de condução,prawo jazdy,numer prawa jazdy,körkort,körkortsnummer,førerkort,kørekort,ajokortti,řidičský průkaz,vodičský preukaz,jogosítvány,permis de conducere,ehliyet,ehliyet no,водительские права,водительское удостоверение,驾驶证,驾驶证号,運転免許証,運転免許証番号,운전면허,운전면허번호,cnh,driver licence number,fuhrerscheinnr",
        &[Kind::DRIVER_LICENSE],
    ),
    (
        "dob,d o b,date of birth,dateofbirth,birth date,birthdate,birthday,birth,born,born on,birth day,geburtsdatum,geboren,geboren am,geb,geb datum,date de naissance,date naissance,datenaissance,naissance,ne le,nee le,fecha de nacimiento,fecha nacimiento,nacimiento,nacido,nacida,nacido el,data di nascita,nascita,nato il,nata il,data de nascimento,nascimento,geboortedatum,fodelsedatum,syntymaaika,дата рождения,рождения,родился,родилась,出生日期,出生,生日,生年月日,생년월일,생일,תאריך לידה,تاريخ الميلاد,ημερομηνια γεννησης,γεννηση,วันเกิด,data urodzenia,doğum tarihi,fødselsdato,fodselsdag,datum narození,datum narodenia,data nașterii,जन्म तिथि,जन्मतिथि,জন্ম তারিখ,datum rođenja,datum rodenja,datum rojstva,sünniaeg,gimimo data,dzimšanas datums,születési dátum,szuletett,data de naixement,дата народження,дата на раждане,датум рођења,ngày sinh,tanggal lahir,tgl lahir,tarikh lahir,född den",
        &[Kind::DATE_OF_BIRTH],
    ),
    (
        "first name,firstname,last name,lastname,surname,given name,givenname,family name,familyname,full name,fullname,middle name,maiden name,mother maiden name,nickname,customer name,customername,client name,patient name,employee name,contact name,contact person,cardholder,cardholder name,card holder,account holder,account owner,accountholder,name on card,beneficiary,beneficiary name,recipient name,holder name,legal name,preferred name,nom,prenom,nom complet,nombre,apellido,apellidos,nombre completo,nachname,vorname,familienname,cognome,nome,nome completo,sobrenome,imie,nazwisko,naam,achternaam,voornaam,фио,имя,фамилия,отчество,姓名,名字,氏名,お名前,성명,이름,שם מלא,الاسم,الاسم الكامل,ονοματεπωνυμο,ชื่อ,ชื่อ นามสกุล,fornavn,etternavn,fornamn,efternamn,sukunimi,etunimi,emergency contact,next of kin,spouse,spouse name,passenger name,guest name,applicant name,subscriber name,person name,fname,lname,ansprechpartner,kundenname",
        &[Kind::PERSON],
    ),
    (
        "address,addresses,street,street address,streetaddress,home address,postal address,postaladdress,mailing address,billing address,shipping address,delivery address,residential address,address line,addressline,address line 1,address line 2,addr,addr 1,address 1,address 2,street 1,street name,home addr,strasse,anschrift,adresse,adresse postale,rue,direccion,domicilio,calle,indirizzo,endereco,rua,adres,straat,adress,gatuadress,адрес,место жительства,проживает,地址,住址,住所,주소,כתובת,العنوان,عنوان,διευθυνση,ที่อยู่,residence,lives at,resides at,living at,wohnhaft,lieferadresse,rechnungsadresse,wohnadresse,postadresse,privatadresse,heimadresse,adresse de livraison,adresse de facturation,direccion de envio,direccion de facturacion,indirizzo di residenza,indirizzo di spedizione,adres zamieszkania,adres korespondencyjny,alamat,địa chỉ,osoite,lakcím,adresa,bostadsadress,hjemmeadresse,bezoekadres,woonadres,morada,endereço de entrega",
        &[Kind::LOCATION],
    ),
    (
        "ip,ip address,ipaddress,ip addr,ipaddr,ipv4,ipv6,client ip,remote addr,remote ip,source ip,src ip,dst ip,x forwarded for,host ip,remote address,ip source",
        &[Kind::IP_ADDRESS],
    ),
    (
        "mac,mac address,macaddress,mac addr,hwaddr,hw addr,hw address,bssid,ether,hardware address,physical address",
        &[Kind::MAC_ADDRESS],
    ),
    (
        "wallet,wallet address,walletaddress,btc address,btc,bitcoin,bitcoin address,eth address,ethereum,crypto address,contract address,crypto wallet,bitcoincash,bch,solana,solana address,sol address,monero,xmr,stellar,xlm,ton address,ton wallet,dogecoin,litecoin,ltc,xrp,tron,usdt,cardano,polkadot,deposit address,payout address,wallet id",
        &[Kind::CRYPTO],
    ),
    (
        "password,passwd,pwd,pass,passphrase,passcode,passwort,kennwort,mot de passe,motdepasse,contrasena,senha,parola,wachtwoord,userpassword,user password,db password,dbpassword,db pass,admin password,root password,pw,pgpassword,mysql pwd,haslo,losenord,пароль,密码,口令,パスワード,비밀번호,암호,סיסמה,كلمة المرور,κωδικος προσβασης,รหัสผ่าน,hasło,şifre,heslo,jelszó,salasana,adgangskode,passord,lozinka,geslo,slaptažodis,mật khẩu,kata sandi,palavra passe,clave de acceso,clave secreta,пароля,parool",
        &[Kind::PASSWORD],
    ),
    (
        "api key,apikey,api token,apitoken,api secret,apisecret,secret,secret key,secretkey,client secret,clientsecret,access token,accesstoken,refresh token,refreshtoken,auth token,authtoken,bearer,bearer token,authorization,token,id token,session token,private key,privatekey,credential,credentials,app secret,appsecret,consumer secret,signing key,signing secret,encryption key,master key,account key,accountkey,shared access key,sharedaccesskey,access key,accesskey,secret token,webhook secret,x api key,subscription key,service key,oauth token,personal access token,session key,connection string,connectionstring,dsn,database url,sas token,license key,auth,shared secret,storage key,deploy key,hmac key,jwt secret,phpsessid,jsessionid,sessionid,sessid,connect sid,consumer key,asp net sessionid,session cookie,x amz signature,amz signature,x goog signature,x amz security token,csrf token,xsrf token",
        &[Kind::API_KEY],
    ),
    (
        "aws secret,aws secret key,aws secret access key,secret access key,secretaccesskey,awssecretaccesskey",
        &[Kind::AWS_SECRET_KEY],
    ),
    (
        "otp,otp seed,totp,totp secret,totp seed,mfa secret,2fa secret,mfa seed,otp secret,otpauth,two factor secret,2fa seed,mfa key,otp key,totp key,2fa key,seed phrase,mnemonic,mnemonic phrase,recovery phrase,secret recovery phrase,backup phrase,wallet seed,bip39",
        &[Kind::OTP_SEED],
    ),
];
