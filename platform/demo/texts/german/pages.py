"""The front page, the page for mentors to be, the questions and the form, in German."""

from decimal import Decimal
from typing import Any

from demo.texts.parts import Part, action, faq, link, words

MENTORS_LEAD = "Filtern Sie nach dem, was Sie brauchen; Preise und freie Zeiten sind die von jetzt."
ARTICLES_TITLE = "Artikel"
ARTICLES_LEAD = "Notizen darüber, wie man um Rat fragt und wie man ihn gibt."

HOME_TITLE = "Zeit mit Menschen, die es selbst gemacht haben"
HOME_LEAD = (
    "Buchen Sie eine Stunde mit einem Mentor. Preis, freie Zeiten und was Sie bei einer Absage "
    "zurückbekommen, stehen auf der Seite."
)
HOME: tuple[Part, ...] = (
    (
        "hero",
        {
            "eyebrow": "Mentoren, stundenweise",
            "heading": HOME_TITLE,
            "text": "Bringen Sie eine Frage zu jemandem, der sie im wirklichen Leben schon "
            "beantwortet hat. Preis, freie Zeiten und Bedingungen sehen Sie, bevor Sie sich "
            "anmelden.",
            "first": link("Mentor finden", "/de/mentoren/"),
            "second": link("So geht es", "#so-geht-es"),
            "beside": "live",
            "mentors": [
                "keiko.mori@mentors.example.com",
                "mentor@example.com",
                "imani.wanjiru@mentors.example.com",
            ],
            "small": "Im Preis ist alles enthalten. Standard: volle Erstattung bis 24 Stunden "
            "vorher.",
        },
    ),
    (
        "stats",
        {
            "heading": "",
            "figures": [
                {"figure": "mentors", "label": "Mentoren nehmen Buchungen an"},
                {"figure": "sessions", "label": "Sitzungen haben stattgefunden"},
                {"figure": "languages", "label": "Sprachen"},
                {"figure": "places", "label": "Orte, von Honolulu bis Wellington"},
            ],
        },
    ),
    (
        "how",
        {
            "heading": "So geht es",
            "steps": [
                {
                    "title": "Zeit wählen",
                    "text": "Jede Zeit auf einem Profil ist in diesem Augenblick frei, nach Ihrer "
                    "Uhr und nach der des Mentors.",
                },
                {
                    "title": "Einmal zahlen",
                    "text": "Die Zeit bleibt fünfzehn Minuten für Sie reserviert, während Sie "
                    "zahlen. Der Preis ist der ganze Preis.",
                },
                {
                    "title": "Sich treffen",
                    "text": "Sie bekommen eine Einladung für Ihren Kalender, und Ihre Ziele "
                    "liegen bei Ihrem Mentor auf dem Tisch.",
                },
                {
                    "title": "Den Abschnitt behalten",
                    "text": "Beleg, Bedingungen und eine etwaige Erstattung bleiben bei der "
                    "Sitzung. Ihre Bewertung auch.",
                },
            ],
        },
    ),
    (
        "mentors",
        {
            "heading": "Gut bewertet",
            "text": "Bewerten kann nur, wessen Sitzung stattgefunden hat.",
            "chosen": [],
            "search": "",
            "language": "",
            "order": "rating",
            "count": 3,
        },
    ),
    (
        "subjects",
        {
            "heading": "Wonach gefragt wird",
            "text": "Jedes Thema führt zu Mentoren, die es aus ihrer Arbeit kennen.",
            "count": 12,
        },
    ),
    ("review", {"reference": "", "mentor": None}),
    (
        "fees",
        {
            "heading": "Sie sehen, wohin das Geld geht",
            "text": "Ein Preis hat drei Teile. Sie stehen fest, wenn Sie zahlen, und ergeben "
            "zusammen genau den Preis. So teilt sich eine Sitzung für 100 Dollar nach den heutigen "
            "Sätzen.",
            "price": Decimal(100),
            "currency": "USD",
            "cancelling": True,
        },
    ),
    faq(
        "Bevor Sie fragen",
        (
            "Muss ich mich anmelden, um mich umzusehen?",
            "<p>Nein. Profile, Preise und freie Zeiten sind öffentlich. Sie melden sich an, wenn "
            "Sie eine Zeit reservieren.</p>",
        ),
        (
            "Was, wenn mein Mentor absagt?",
            "<p>Sie bekommen sofort alles zurück, was auch immer in den Bedingungen steht.</p>",
        ),
        (
            "In welcher Zeitzone stehen die Zeiten?",
            "<p>Beim Buchen in Ihrer, und daneben in der des Mentors. Bei jeder steht der Ort.</p>",
        ),
    ),
    action(
        "Sie wissen etwas, wofür andere zahlen",
        "Sie bestimmen Preis und Stunden. Ihren Anteil erhalten Sie drei Tage nach jeder Sitzung.",
        link("Mentor werden", "/de/mentor-werden/"),
    ),
)

MENTORS_TITLE = "Mentor werden"
MENTORS_TO_BE_LEAD = (
    "Bieten Sie Ihre Stunden zu Ihrem Preis an. Was Sie erhalten, sehen Sie auf den Cent genau, "
    "bevor jemand bucht."
)
MENTORS: tuple[Part, ...] = (
    (
        "hero",
        {
            "eyebrow": "Für Mentoren",
            "heading": "Ihre Stunden, Ihr Preis, Ihre Bedingungen",
            "text": "Sie entscheiden, wann Sie Zeit haben und was eine Stunde kostet. Wir halten "
            "die Zeit frei, nehmen die Zahlung an, verschicken die Einladungen und führen die "
            "Bücher.",
            "first": link("Als Mentor bewerben", "/app/register"),
            "second": link("Was Sie erhalten", "#was-sie-erhalten"),
            "beside": "steps",
            "small": "Jede Bewerbung wird von einem Menschen gelesen.",
        },
    ),
    (
        "how",
        {
            "heading": "Von der Bewerbung zur ersten Sitzung",
            "steps": [
                {
                    "title": "Bewerben",
                    "text": "Erzählen Sie uns, was Sie gemacht haben und wem Sie helfen wollen. "
                    "Zehn Minuten, ohne Video.",
                },
                {
                    "title": "Kennenlernen",
                    "text": "Ein Mensch prüft, wer Sie sind, ruft eine Referenz an und sieht Ihre "
                    "Preise mit Ihnen durch.",
                },
                {
                    "title": "Stunden öffnen",
                    "text": "Wochenstunden, freie Tage, Vorlauf und Pausen. Niemand bucht, was Sie "
                    "nicht geöffnet haben.",
                },
                {
                    "title": "Geld erhalten",
                    "text": "Drei Tage nach einer Sitzung ist Ihr Anteil verfügbar und geht mit "
                    "der nächsten Auszahlung hinaus.",
                },
            ],
        },
    ),
    (
        "fees",
        {
            "heading": "Was Sie erhalten",
            "text": "Von einer Sitzung für 80 Dollar, nach den heutigen Sätzen. Ein neuer Satz hat "
            "ein Datum und gilt nur für spätere Verkäufe.",
            "price": Decimal(80),
            "currency": "USD",
            "cancelling": False,
        },
    ),
    words("""
        <h2>Worauf wir achten</h2>
        <p>Etwa jede vierte Bewerbung nehmen wir an. Drei Dinge entscheiden.</p>
        <ul>
        <li><b>Sie haben es gemacht.</b> Nicht gelehrt, nicht darüber geschrieben: gemacht, und es
        stand etwas auf dem Spiel.</li>
        <li><b>Sie können Nein sagen.</b> Wir fragen nach einem Mal, als Sie jemandem gesagt haben,
        dass Sie nicht helfen können.</li>
        <li><b>Ihr Preis ist klar.</b> Ein Preis für die Stunde, und danach gibt es nichts zu
        kaufen.</li>
        </ul>
        <h2>Was wir nicht tun</h2>
        <p>Wir reihen niemanden danach, was wir an ihm verdienen. Wir zeigen keine erfundenen
        Rabatte, und niemand kann für einen besseren Platz in der Liste zahlen. Bewertungen kommen
        von Menschen, die Sie getroffen haben, und auf jede können Sie antworten.</p>
    """),
    (
        "mentors",
        {
            "heading": "In guter Gesellschaft",
            "text": "Einige von denen, die hier antworten.",
            "chosen": [],
            "search": "",
            "language": "",
            "order": "rating",
            "count": 3,
        },
    ),
    action(
        "Zwei Abende in der Woche genügen",
        "Öffnen Sie vier Stunden in der Woche, und behalten Sie Ihre Stelle.",
        link("Als Mentor bewerben", "/app/register"),
    ),
)

FAQ_TITLE = "Fragen"
FAQ_LEAD = "Buchen, absagen, Gebühren, Zeitzonen und Auszahlungen, in Kürze."
FAQ: tuple[Part, ...] = (
    faq(
        "Buchen",
        (
            "Wie buche ich eine Sitzung?",
            "<p>Öffnen Sie ein Profil, wählen Sie eine Art von Sitzung und eine Zeit, und zahlen "
            "Sie. Solange Sie das tun, gehört die Zeit fünfzehn Minuten lang Ihnen. Sobald die "
            "Zahlung gelungen ist, ist die Sitzung bestätigt, und Sie bekommen eine Einladung per "
            "E-Mail.</p>",
        ),
        (
            "Was geschieht, wenn ich nicht rechtzeitig zahle?",
            "<p>Die Reservierung endet, und die Zeit ist wieder frei. Nichts wird abgebucht. Gibt "
            "Ihre Bank eine Zahlung später doch noch frei, geht sie von selbst an Sie zurück.</p>",
        ),
        (
            "Wie viele Zeiten kann ich zugleich reservieren?",
            "<p>Drei, die Sie noch nicht bezahlt haben. Eine vierte würde jemandem fehlen, der sie "
            "haben will.</p>",
        ),
        (
            "Warum war die Zeit weg, als ich sie antippte?",
            "<p>Jemand hat sie reserviert, während Sie hinsahen. Wir zeigen Ihnen die nächsten "
            "freien Zeiten.</p>",
        ),
    ),
    faq(
        "Absagen und Erstattungen",
        (
            "Was bekomme ich zurück, wenn ich absage?",
            "<p>Das hängt von den Bedingungen neben dem Preis ab. <b>Standard</b>: alles bis 24 "
            "Stunden vorher, danach die Hälfte. <b>Streng</b>: alles bis 48 Stunden vorher, die "
            "Hälfte bis 24 Stunden vorher, danach nichts. Der genaue Betrag steht auf dem Knopf, "
            "bevor Sie ihn drücken.</p>",
        ),
        (
            "Was, wenn mein Mentor absagt?",
            "<p>Sie bekommen alles zurück, unabhängig von den Bedingungen, und nichts wird "
            "abgezogen.</p>",
        ),
        (
            "Wann sehe ich das Geld?",
            "<p>Wir schicken es innerhalb einer Minute ab. Banken brauchen fünf bis zehn Tage, bis "
            "sie es zeigen. Falls Ihre Bank fragt: Bei Ihrer Sitzung steht die Referenz der "
            "Erstattung.</p>",
        ),
        (
            "Mein Mentor ist nicht gekommen. Was nun?",
            "<p>Schreiben Sie innerhalb von drei Tagen an unser Team. So lange wird der Anteil des "
            "Mentors zurückgehalten, aus genau diesem Grund.</p>",
        ),
    ),
    faq(
        "Preise und Gebühren",
        (
            "Ist der Preis der ganze Preis?",
            "<p>Ja. Kartengebühr und Provision stecken darin. Aus welchen Teilen er besteht, auf "
            'den Cent genau, steht in <a href="/de/artikel/wohin-ein-preis-geht/">Wohin ein Preis '
            "geht</a>.</p>",
        ),
        (
            "In welcher Währung zahle ich?",
            "<p>In der des Mentors: US-Dollar, Euro oder Pfund. Ist Ihre eine andere, rechnet Ihre "
            "Bank um.</p>",
        ),
        (
            "Bekomme ich einen Beleg?",
            "<p>Bei Ihrer Sitzung steht, was Sie wann und zu welchen Bedingungen gezahlt haben. "
            "Das lässt sich gut ausdrucken.</p>",
        ),
    ),
    faq(
        "Zeitzonen",
        (
            "Wessen Zeit wird gezeigt?",
            "<p>Ihre, wenn Sie eine Zeit wählen, und daneben die des Mentors. Ihre Zone stellen "
            "Sie in Ihrem Profil ein.</p>",
        ),
        (
            "Was geschieht bei der Zeitumstellung?",
            "<p>Mit einer Buchung nichts: Sie ist als Augenblick gespeichert. Die Wochenstunden "
            "eines Mentors folgen seiner eigenen Uhr.</p>",
        ),
    ),
    faq(
        "Für Mentoren",
        (
            "Wann werde ich bezahlt?",
            "<p>Drei Tage nach dem Ende einer Sitzung ist Ihr Anteil verfügbar. Er geht mit der "
            "nächsten Auszahlung auf das Konto, das Sie genannt haben.</p>",
        ),
        (
            "Was wird vom Preis abgezogen?",
            '<p>Kartengebühr und Provision. <a href="/de/mentor-werden/">Mentor werden</a> zeigt '
            "beide in Cent.</p>",
        ),
        (
            "Wer darf mich bewerten?",
            "<p>Klienten, deren Sitzung mit Ihnen stattgefunden hat, einmal für jede Sitzung und "
            "innerhalb von dreißig Tagen. Auf jede Bewertung können Sie einmal antworten.</p>",
        ),
    ),
)

CONTACT_TITLE = "Schreiben Sie uns"
CONTACT_LEAD = (
    "Für alles, worauf keine Seite antwortet. Geht es um eine Sitzung, nennen Sie Mentor und Tag: "
    "Dann finden wir sie sofort."
)
CONTACT_BUTTON = "Nachricht senden"
CONTACT_THANKS = "Danke. Wir lesen alles und antworten innerhalb von zwei Werktagen."
CONTACT_FIELDS: tuple[dict[str, Any], ...] = (
    {"label": "Ihr Name", "field_type": "singleline", "required": False},
    {
        "label": "Ihre E-Mail-Adresse",
        "field_type": "email",
        "help_text": "An sie geht die Antwort, und sonst nichts.",
    },
    {
        "label": "Es geht um",
        "field_type": "radio",
        "choices": "Eine Sitzung\nEine Zahlung\nMentor werden\nEtwas anderes",
    },
    {"label": "Ihre Nachricht", "field_type": "multiline"},
)
