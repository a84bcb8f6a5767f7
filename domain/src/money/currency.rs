//! The currencies that courses can be priced in: those that Stripe takes (its documentation, "Supported currencies").

use serde::{Deserialize, Serialize};

/// Declares the currencies: a row is the variant; the ISO 4217 code, which records hold; how many decimals its amounts
/// have; the smallest step between prices and the least that can be charged, both in minor units; and what is written
/// before an amount.
///
/// Decimals and steps are Stripe's: the króna and the Ugandan shilling have lost their cents, and are still counted in
/// them; of three decimals the last one is 0. Where Stripe names no least charge, it is one step.
macro_rules! currencies {
    ($($variant:ident $code:literal $decimals:literal $step:literal $least:literal $sign:literal;)+) => {
        /// An ISO 4217 currency that courses can be priced in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "ISO 4217 says what each is")]
        pub enum Currency {
            $(#[serde(rename = $code)] $variant),+
        }

        impl Currency {
            /// Every currency, by its code.
            pub const ALL: &[Currency] = &[$(Currency::$variant),+];

            const fn row(self) -> Row {
                match self {
                    $(Currency::$variant => Row {
                        code: $code,
                        decimals: $decimals,
                        step: $step,
                        least: $least,
                        sign: $sign,
                    }),+
                }
            }
        }
    };
}

struct Row {
    code: &'static str,
    decimals: u32,
    step: i64,
    least: i64,
    sign: &'static str,
}

impl Currency {
    /// Its ISO 4217 code: `EUR`.
    pub const fn code(self) -> &'static str {
        self.row().code
    }

    /// How many decimals its amounts have.
    pub const fn decimals(self) -> u32 {
        self.row().decimals
    }

    /// How many minor units make one of the currency.
    pub const fn minor_per_unit(self) -> i64 {
        10i64.pow(self.decimals())
    }

    /// What every amount that is charged is a multiple of, in minor units.
    pub const fn step(self) -> i64 {
        self.row().step
    }

    /// The least that can be charged, in minor units.
    pub const fn least(self) -> i64 {
        self.row().least
    }

    /// What is written before an amount.
    pub const fn sign(self) -> &'static str {
        self.row().sign
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// The text is the code of no currency that courses can be priced in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a currency that payments are taken in, like EUR")]
pub struct UnknownCurrency;

impl std::str::FromStr for Currency {
    type Err = UnknownCurrency;

    /// Takes a code in either case.
    fn from_str(code: &str) -> Result<Self, UnknownCurrency> {
        let known = Currency::ALL.iter().find(|currency| currency.code().eq_ignore_ascii_case(code));
        known.copied().ok_or(UnknownCurrency)
    }
}

currencies! {
Aed "AED" 2 1 200 "AED\u{a0}";
Afn "AFN" 2 1 1 "AFN\u{a0}";
All "ALL" 2 1 1 "ALL\u{a0}";
Amd "AMD" 2 1 1 "AMD\u{a0}";
Ang "ANG" 2 1 1 "ANG\u{a0}";
Aoa "AOA" 2 1 1 "AOA\u{a0}";
Ars "ARS" 2 1 1 "ARS\u{a0}";
Aud "AUD" 2 1 50 "A$";
Awg "AWG" 2 1 1 "AWG\u{a0}";
Azn "AZN" 2 1 1 "AZN\u{a0}";
Bam "BAM" 2 1 1 "BAM\u{a0}";
Bbd "BBD" 2 1 1 "BBD\u{a0}";
Bdt "BDT" 2 1 1 "BDT\u{a0}";
Bgn "BGN" 2 1 100 "BGN\u{a0}";
Bhd "BHD" 3 10 10 "BHD\u{a0}";
Bif "BIF" 0 1 1 "BIF\u{a0}";
Bmd "BMD" 2 1 1 "BMD\u{a0}";
Bnd "BND" 2 1 1 "BND\u{a0}";
Bob "BOB" 2 1 1 "BOB\u{a0}";
Brl "BRL" 2 1 50 "R$";
Bsd "BSD" 2 1 1 "BSD\u{a0}";
Bwp "BWP" 2 1 1 "BWP\u{a0}";
Byn "BYN" 2 1 1 "BYN\u{a0}";
Bzd "BZD" 2 1 1 "BZD\u{a0}";
Cad "CAD" 2 1 50 "CA$";
Cdf "CDF" 2 1 1 "CDF\u{a0}";
Chf "CHF" 2 1 50 "CHF\u{a0}";
Clp "CLP" 0 1 1 "CLP\u{a0}";
Cny "CNY" 2 1 1 "CNY\u{a0}";
Cop "COP" 2 1 1 "COP\u{a0}";
Crc "CRC" 2 1 1 "CRC\u{a0}";
Cve "CVE" 2 1 1 "CVE\u{a0}";
Czk "CZK" 2 1 1500 "CZK\u{a0}";
Djf "DJF" 0 1 1 "DJF\u{a0}";
Dkk "DKK" 2 1 250 "DKK\u{a0}";
Dop "DOP" 2 1 1 "DOP\u{a0}";
Dzd "DZD" 2 1 1 "DZD\u{a0}";
Egp "EGP" 2 1 1 "EGP\u{a0}";
Etb "ETB" 2 1 1 "ETB\u{a0}";
Eur "EUR" 2 1 50 "€";
Fjd "FJD" 2 1 1 "FJD\u{a0}";
Fkp "FKP" 2 1 1 "FKP\u{a0}";
Gbp "GBP" 2 1 30 "£";
Gel "GEL" 2 1 1 "GEL\u{a0}";
Gip "GIP" 2 1 1 "GIP\u{a0}";
Gmd "GMD" 2 1 1 "GMD\u{a0}";
Gnf "GNF" 0 1 1 "GNF\u{a0}";
Gtq "GTQ" 2 1 1 "GTQ\u{a0}";
Gyd "GYD" 2 1 1 "GYD\u{a0}";
Hkd "HKD" 2 1 400 "HK$";
Hnl "HNL" 2 1 1 "HNL\u{a0}";
Htg "HTG" 2 1 1 "HTG\u{a0}";
Huf "HUF" 2 1 17500 "HUF\u{a0}";
Idr "IDR" 2 1 1 "IDR\u{a0}";
Ils "ILS" 2 1 1 "₪";
Inr "INR" 2 1 50 "₹";
Isk "ISK" 2 100 100 "ISK\u{a0}";
Jmd "JMD" 2 1 1 "JMD\u{a0}";
Jod "JOD" 3 10 10 "JOD\u{a0}";
Jpy "JPY" 0 1 50 "¥";
Kes "KES" 2 1 1 "KES\u{a0}";
Kgs "KGS" 2 1 1 "KGS\u{a0}";
Khr "KHR" 2 1 1 "KHR\u{a0}";
Kmf "KMF" 0 1 1 "KMF\u{a0}";
Krw "KRW" 0 1 1 "₩";
Kwd "KWD" 3 10 10 "KWD\u{a0}";
Kyd "KYD" 2 1 1 "KYD\u{a0}";
Kzt "KZT" 2 1 1 "KZT\u{a0}";
Lak "LAK" 2 1 1 "LAK\u{a0}";
Lbp "LBP" 2 1 1 "LBP\u{a0}";
Lkr "LKR" 2 1 1 "LKR\u{a0}";
Lrd "LRD" 2 1 1 "LRD\u{a0}";
Lsl "LSL" 2 1 1 "LSL\u{a0}";
Mad "MAD" 2 1 1 "MAD\u{a0}";
Mdl "MDL" 2 1 1 "MDL\u{a0}";
Mga "MGA" 0 1 1 "MGA\u{a0}";
Mkd "MKD" 2 1 1 "MKD\u{a0}";
Mmk "MMK" 2 1 1 "MMK\u{a0}";
Mnt "MNT" 2 1 1 "MNT\u{a0}";
Mop "MOP" 2 1 1 "MOP\u{a0}";
Mur "MUR" 2 1 1 "MUR\u{a0}";
Mvr "MVR" 2 1 1 "MVR\u{a0}";
Mwk "MWK" 2 1 1 "MWK\u{a0}";
Mxn "MXN" 2 1 1000 "MX$";
Myr "MYR" 2 1 200 "MYR\u{a0}";
Mzn "MZN" 2 1 1 "MZN\u{a0}";
Nad "NAD" 2 1 1 "NAD\u{a0}";
Ngn "NGN" 2 1 1 "₦";
Nio "NIO" 2 1 1 "NIO\u{a0}";
Nok "NOK" 2 1 300 "NOK\u{a0}";
Npr "NPR" 2 1 1 "NPR\u{a0}";
Nzd "NZD" 2 1 50 "NZ$";
Omr "OMR" 3 10 10 "OMR\u{a0}";
Pab "PAB" 2 1 1 "PAB\u{a0}";
Pen "PEN" 2 1 1 "PEN\u{a0}";
Pgk "PGK" 2 1 1 "PGK\u{a0}";
Php "PHP" 2 1 1 "₱";
Pkr "PKR" 2 1 1 "PKR\u{a0}";
Pln "PLN" 2 1 200 "PLN\u{a0}";
Pyg "PYG" 0 1 1 "PYG\u{a0}";
Qar "QAR" 2 1 1 "QAR\u{a0}";
Ron "RON" 2 1 200 "RON\u{a0}";
Rsd "RSD" 2 1 1 "RSD\u{a0}";
Rub "RUB" 2 1 1 "RUB\u{a0}";
Rwf "RWF" 0 1 1 "RWF\u{a0}";
Sar "SAR" 2 1 1 "SAR\u{a0}";
Sbd "SBD" 2 1 1 "SBD\u{a0}";
Scr "SCR" 2 1 1 "SCR\u{a0}";
Sek "SEK" 2 1 300 "SEK\u{a0}";
Sgd "SGD" 2 1 50 "SGD\u{a0}";
Shp "SHP" 2 1 1 "SHP\u{a0}";
Sle "SLE" 2 1 1 "SLE\u{a0}";
Sos "SOS" 2 1 1 "SOS\u{a0}";
Srd "SRD" 2 1 1 "SRD\u{a0}";
Std "STD" 2 1 1 "STD\u{a0}";
Szl "SZL" 2 1 1 "SZL\u{a0}";
Thb "THB" 2 1 1000 "THB\u{a0}";
Tjs "TJS" 2 1 1 "TJS\u{a0}";
Tnd "TND" 3 10 10 "TND\u{a0}";
Top "TOP" 2 1 1 "TOP\u{a0}";
Try "TRY" 2 1 1 "TRY\u{a0}";
Ttd "TTD" 2 1 1 "TTD\u{a0}";
Twd "TWD" 2 1 1 "NT$";
Tzs "TZS" 2 1 1 "TZS\u{a0}";
Uah "UAH" 2 1 1 "UAH\u{a0}";
Ugx "UGX" 2 100 100 "UGX\u{a0}";
Usd "USD" 2 1 50 "$";
Uyu "UYU" 2 1 1 "UYU\u{a0}";
Uzs "UZS" 2 1 1 "UZS\u{a0}";
Vnd "VND" 0 1 1 "₫";
Vuv "VUV" 0 1 1 "VUV\u{a0}";
Wst "WST" 2 1 1 "WST\u{a0}";
Xaf "XAF" 0 1 1 "XAF\u{a0}";
Xcd "XCD" 2 1 1 "XCD\u{a0}";
Xcg "XCG" 2 1 1 "XCG\u{a0}";
Xof "XOF" 0 1 1 "XOF\u{a0}";
Xpf "XPF" 0 1 1 "XPF\u{a0}";
Yer "YER" 2 1 1 "YER\u{a0}";
Zar "ZAR" 2 1 1 "ZAR\u{a0}";
Zmw "ZMW" 2 1 1 "ZMW\u{a0}";}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_kept_as_its_code() {
        for currency in Currency::ALL {
            let kept = serde_json::to_string(currency).unwrap();
            assert_eq!(kept, format!("\"{currency}\""));
            assert_eq!(serde_json::from_str::<Currency>(&kept).unwrap(), *currency);
            assert_eq!(currency.code().to_lowercase().parse(), Ok(*currency));
        }
        assert_eq!("XXX".parse::<Currency>(), Err(UnknownCurrency));
    }

    #[test]
    fn what_can_be_charged_is_made_of_whole_steps() {
        for currency in Currency::ALL {
            assert_eq!(currency.code().len(), 3);
            assert!(
                currency.least() >= currency.step() && currency.least() % currency.step() == 0,
                "{currency}"
            );
            assert_eq!(currency.decimals() == 3, currency.step() == 10, "{currency}");
        }
    }

    #[test]
    fn decimals_are_those_that_payments_count_in() {
        let decimals = [(Currency::Jpy, 0), (Currency::Eur, 2), (Currency::Isk, 2), (Currency::Kwd, 3)];
        for (currency, decimals) in decimals {
            assert_eq!(currency.decimals(), decimals, "{currency}");
        }
    }
}
