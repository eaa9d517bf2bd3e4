"""Countries of registration: ISO 3166-1 alpha-2 codes, and the distinguishing signs that mean them (decision: codes inside)."""

COUNTRIES = {
    "GB": "United Kingdom", "IE": "Ireland", "JE": "Jersey", "GG": "Guernsey", "IM": "Isle of Man", "GI": "Gibraltar",
    "AL": "Albania", "AD": "Andorra", "AT": "Austria", "BE": "Belgium", "BA": "Bosnia and Herzegovina", "BG": "Bulgaria",
    "BY": "Belarus", "CH": "Switzerland", "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark",
    "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France", "GR": "Greece", "HR": "Croatia", "HU": "Hungary",
    "IS": "Iceland", "IT": "Italy", "LI": "Liechtenstein", "LT": "Lithuania", "LU": "Luxembourg", "LV": "Latvia",
    "MC": "Monaco", "MD": "Moldova", "ME": "Montenegro", "MK": "North Macedonia", "MT": "Malta", "NL": "Netherlands",
    "NO": "Norway", "PL": "Poland", "PT": "Portugal", "RO": "Romania", "RS": "Serbia", "RU": "Russia", "SE": "Sweden",
    "SI": "Slovenia", "SK": "Slovakia", "TR": "Türkiye", "UA": "Ukraine", "XK": "Kosovo", "US": "United States",
    "CA": "Canada", "AE": "United Arab Emirates", "KW": "Kuwait", "QA": "Qatar", "SA": "Saudi Arabia",
}  # fmt: skip
CHOICES = list(COUNTRIES.items())

# What plates and source systems write instead of the code.
SIGNS = {
    "UK": "GB", "EIR": "IE", "GBJ": "JE", "GBG": "GG", "GBM": "IM", "GBZ": "GI", "D": "DE", "F": "FR", "I": "IT",
    "E": "ES", "P": "PT", "A": "AT", "B": "BE", "L": "LU", "N": "NO", "S": "SE", "H": "HU", "M": "MT",
    "AND": "AD", "BIH": "BA", "EST": "EE", "FIN": "FI", "FL": "LI", "IRL": "IE", "MNE": "ME",
    "NMK": "MK", "RKS": "XK", "RUS": "RU", "SLO": "SI", "SRB": "RS", "USA": "US", "CDN": "CA",
}  # fmt: skip


def code_of(sign: str) -> str:
    """The ISO code for a code or distinguishing sign, or an empty string when it is neither."""
    sign = sign.strip().upper()
    if sign in COUNTRIES:
        return sign
    return SIGNS.get(sign, "")


def agreed(found: set[str]) -> str:
    """The country under which the log keeps a plate that was searched for without one: theirs, if all that was found agrees,
    else the United Kingdom's."""
    return next(iter(found)) if len(found) == 1 else "GB"
