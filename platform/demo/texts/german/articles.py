"""Two of the articles in German."""

from decimal import Decimal

from demo.texts.german.parts import Translated
from demo.texts.parts import action, link, quote, words

ARTICLES = (
    Translated(
        of="one-question-is-enough",
        slug="eine-frage-genuegt",
        title="Für eine Stunde genügt eine Frage",
        lead="Wie Sie eine Sitzung in fünfzehn Minuten vorbereiten, damit die Stunde Ihrer Frage "
        "gehört und nicht der Suche nach ihr.",
        body=(
            words("""
            <p>Die besten Stunden, die ich gegeben habe, begannen mit einem Satz. Die schlechtesten
            begannen mit vier Folien. Ein Mentor kennt weder Ihre Firma noch Ihre Chefin noch Ihre
            letzten fünf Jahre, und in einer Stunde lernt er sie auch nicht kennen. In eine Stunde
            passt eine Frage, an der Sie allein schon gescheitert sind.</p>
            <h2>Schreiben Sie die Frage auf, bevor Sie buchen</h2>
            <p>Die meisten kommen mit einem Thema: „meine Laufbahn“, „das Team“, „das Gespräch“. Ein
            Thema ist keine Frage. Machen Sie eine daraus, indem Sie diesen Satz beenden: <b>Am Ende
            der Stunde will ich entschieden haben, ob …</b></p>
            <ul>
            <li>Aus „meine Laufbahn“ wird „ob ich die Leitung eines Teams übernehme, das ich nicht
            achte“.</li>
            <li>Aus „das Gespräch“ wird „über welches meiner drei Projekte ich zuerst spreche“.</li>
            <li>Aus „das Team“ wird „ob ich es ihnen am Montag sage oder nach dem Release“.</li>
            </ul>
            <p>Wenn Sie den Satz nicht beenden können, buchen Sie ein kurzes Gespräch statt eines
            langen. Dreißig Minuten reichen, um herauszufinden, wie die Frage lautet.</p>
            """),
            quote("Ein Thema ist keine Frage. Eine Frage endet mit einer Entscheidung."),
            words("""
            <h2>Schicken Sie drei Zeilen, kein Dokument</h2>
            <p>Beim Buchen werden Sie nach Ihren Zielen gefragt. Mentoren lesen sie am Abend davor.
            Drei Zeilen genügen: was Sie entscheiden wollen, was Sie versucht haben und was die
            Stunde ihren Preis wert machen würde. Lassen Sie die Vorgeschichte weg. Wenn sie
            wichtig ist, wird Ihr Mentor danach fragen, und die Antwort wird besser sein, weil nach
            ihr gefragt wurde.</p>
            <h2>Die ersten fünf Minuten gehören den Tatsachen</h2>
            <p>Nennen Sie die Zahlen, an denen die Entscheidung hängt: das Gehalt, die Frist, die
            Zahl der Leute. Mit nichts verlieren Mentoren mehr Zeit als mit Höflichkeit rund um
            Zahlen.</p>
            <h2>Fragen Sie nach dem Einwand</h2>
            <p>Sagen Sie gegen Ende, was Sie nun vorhaben, und fragen Sie: „Was wird Ihrer Meinung
            nach schiefgehen?“ Das ist die eine Frage, die jemand mit zwanzig Jahren derselben
            Fehler besser beantwortet als alle anderen, und kaum jemand stellt sie.</p>
            <h2>Gehen Sie mit einem Datum</h2>
            <p>Rat ohne Datum ist Unterhaltung. Sagen Sie laut, was Sie tun werden und bis wann,
            bevor Sie auflegen. Schreiben Sie es auf, solange das Gespräch noch läuft. Ich habe
            gesehen, wie ein Plan auf einer Papierserviette drei Strategiepapiere überlebt hat, weil
            jemand „Dienstag“ daneben geschrieben hatte.</p>
            """),
        ),
    ),
    Translated(
        of="where-a-price-goes",
        slug="wohin-ein-preis-geht",
        title="Wohin ein Preis geht, auf den Cent genau",
        lead="Eine Sitzung kostet 100 Dollar. Wer bekommt was, wann, und was wird aus den Teilen, "
        "wenn Sie absagen.",
        body=(
            words("""
            <p>Marktplätze sprechen gern in Prozenten. Einem Prozentsatz stimmt man leicht zu, und
            man prüft ihn schwer. Deshalb schreiben wir Cent. Jeder Preis auf dieser Website hat
            drei Teile. Sie stehen in dem Augenblick fest, in dem Sie zahlen, und ergeben zusammen
            genau das, was Sie gezahlt haben.</p>
            """),
            (
                "fees",
                {
                    "heading": "Eine Sitzung, drei Teile",
                    "text": "Das sind die heutigen Sätze, aus den Büchern gelesen, als diese Seite "
                    "gezeigt wurde.",
                    "price": Decimal(100),
                    "currency": "USD",
                    "cancelling": True,
                },
            ),
            words("""
            <h2>Die Kartengebühr</h2>
            <p>Eine Kartenzahlung anzunehmen kostet Geld. Die Gebühr setzt das Zahlungsunternehmen
            fest; über diesen Teil entscheidet hier niemand. Sie wird aus dem Preis bezahlt und nie
            obendrauf: Der Preis, den Sie sehen, ist der Preis, den Sie zahlen.</p>
            <h2>Unsere Provision</h2>
            <p>Von ihr leben die Website, das Team und die Menschen, die jeden Mentor ansehen, bevor
            ein Profil erscheint. Verdient haben wir sie, wenn die Sitzung stattgefunden hat. Bis
            dahin steht sie in unseren Büchern als Geld, das uns noch nicht gehört.</p>
            <h2>Der Anteil des Mentors</h2>
            <p>Alles andere. Er wird drei Tage nach der Sitzung verfügbar, damit Ihnen Zeit bleibt
            zu sagen, wenn etwas nicht stimmte, und geht mit der nächsten Auszahlung hinaus.</p>
            <h2>Und wenn sich die Sätze ändern?</h2>
            <p>Dann ändern sie sich für spätere Verkäufe. Was Sie im letzten Monat gezahlt haben,
            wurde nach den Sätzen des letzten Monats geteilt, und dabei bleibt es. Eine Erstattung
            nimmt von jedem Teil, was er bekommen hat, im selben Verhältnis, und rundet so, dass
            die Cent wieder aufgehen.</p>
            """),
            action(
                "Lesen Sie die Bedingungen einer Buchung",
                "Eine Seite, auf der steht, was bei einer Absage gilt.",
                link("Regeln für Absagen lesen", "/de/absagen/"),
            ),
        ),
    ),
)
