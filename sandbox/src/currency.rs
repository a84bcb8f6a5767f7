//! Currencies as Stripe takes them (its documentation, "Supported currencies"): how amounts are written, and how small
//! one may be.

use crate::problem::Problem;

/// What Stripe takes, in lower case.
const KNOWN: &str = "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd \
    cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg \
    huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop \
    mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr \
    sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof \
    xpf yer zar zmw";

/// Where the amount is in whole units.
const NO_DECIMALS: &str = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf";

/// Where the amount is in thousandths, and the last digit has to be 0.
const THREE_DECIMALS: &str = "bhd jod kwd omr tnd";

/// Without decimals by now, yet written with two, which have to be 00.
const TWO_ZEROS: &str = "isk ugx";

/// The least that may be charged, in minor units. Where none is given, Stripe converts to its account's currency;
/// here any amount above zero will do.
const LEAST: [(&str, i64); 27] = [
    ("aed", 200),
    ("aud", 50),
    ("bgn", 100),
    ("brl", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1_500),
    ("dkk", 250),
    ("eur", 50),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17_500),
    ("inr", 50),
    ("isk", 100),
    ("jpy", 50),
    ("mxn", 1_000),
    ("myr", 200),
    ("nok", 300),
    ("nzd", 50),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("sgd", 50),
    ("thb", 1_000),
    ("ugx", 100),
    ("usd", 50),
    ("zar", 100),
];

/// The most that may be charged, in minor units: eight digits.
const MOST: i64 = 99_999_999;

/// Reads a currency as clients send it, in either case.
pub(crate) fn parse(param: &str, text: &str) -> Result<String, Problem> {
    let lower = text.to_ascii_lowercase();
    if among(KNOWN, &lower) {
        return Ok(lower);
    }
    let message = format!("Invalid currency: {text}. Stripe currently supports these currencies: {KNOWN}");
    Err(Problem::invalid(param, message))
}

/// How many digits of an amount are behind the point.
pub(crate) fn decimals(currency: &str) -> usize {
    match currency {
        currency if among(NO_DECIMALS, currency) => 0,
        currency if among(THREE_DECIMALS, currency) => 3,
        _ => 2,
    }
}

/// Whether an amount can be charged at all.
pub(crate) fn check(param: &str, amount: i64, currency: &str) -> Result<(), Problem> {
    well_written(param, amount, currency)?;
    let least = LEAST.iter().find(|(known, _)| *known == currency).map_or(1, |(_, least)| *least);
    if amount < least {
        let message = format!(
            "The Checkout Session's total amount due must add up to at least {} {currency}",
            spell(least, currency)
        );
        return Err(Problem::parameter("amount_too_small", param, message));
    }
    if amount > MOST {
        let message = format!("Amount must be no more than {} {currency}", spell(MOST, currency));
        return Err(Problem::parameter("amount_too_large", param, message));
    }
    Ok(())
}

/// Whether an amount is one that the currency has.
pub(crate) fn well_written(param: &str, amount: i64, currency: &str) -> Result<(), Problem> {
    let step = match currency {
        currency if among(THREE_DECIMALS, currency) => 10,
        currency if among(TWO_ZEROS, currency) => 100,
        _ => 1,
    };
    if amount % step == 0 {
        return Ok(());
    }
    let message = format!("Invalid amount. Amounts in {currency} must be evenly divisible by {step}.");
    Err(Problem::invalid(param, message))
}

/// An amount as people read it: `12.34`.
pub(crate) fn spell(amount: i64, currency: &str) -> String {
    let decimals = decimals(currency);
    let digits = format!("{:0>1$}", amount.unsigned_abs(), decimals + 1);
    let (units, rest) = digits.split_at(digits.len() - decimals);
    let sign = if amount < 0 { "-" } else { "" };
    if rest.is_empty() { format!("{sign}{units}") } else { format!("{sign}{units}.{rest}") }
}

fn among(list: &str, currency: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_spelled_with_the_currencys_decimals() {
        let spelled = [(1234, "usd"), (5, "usd"), (500, "jpy"), (5120, "kwd"), (-1234, "eur"), (0, "jpy")]
            .map(|(amount, currency)| spell(amount, currency));
        assert_eq!(spelled, ["12.34", "0.05", "500", "5.120", "-12.34", "0"]);
    }

    #[test]
    fn amounts_the_currency_does_not_have_are_refused() {
        assert!(check("amount", 5125, "kwd").is_err());
        assert!(check("amount", 5120, "kwd").is_ok());
        assert!(check("amount", 550, "isk").is_err());
        assert!(check("amount", 49, "usd").is_err());
        assert!(check("amount", 50, "usd").is_ok());
        assert!(check("amount", 0, "amd").is_err());
        assert!(check("amount", 100_000_000, "usd").is_err());
        assert!(parse("currency", "USD").is_ok_and(|currency| currency == "usd"));
        assert!(parse("currency", "xyz").is_err());
    }
}
