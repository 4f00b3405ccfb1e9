"""Terms, privacy and the policy on cancelling in German: to be read, not to be agreed to."""

from demo.texts.german.parts import TranslatedDocument

TERMS = """
<p>Diese Bedingungen gelten zwischen Ihnen und Counterfoil, dem Betreiber dieser Website. Sie sind
ein Muster, das zur Demo gehört: Lassen Sie eigene schreiben, bevor Sie eröffnen.</p>
<h2>1. Was wir tun</h2>
<p>Wir betreiben einen Marktplatz, auf dem Mentoren Sitzungen anbieten und Klienten sie buchen. Der
Vertrag über eine Sitzung besteht zwischen Klient und Mentor. Wir nehmen die Zahlung für den Mentor
an, halten die Zeit frei und zahlen den Anteil des Mentors aus.</p>
<h2>2. Ihr Konto</h2>
<p>Sie brauchen ein Konto mit einer E-Mail-Adresse, die Ihnen gehört. Behalten Sie Ihr Passwort für
sich. Sie können Ihr Konto jederzeit schließen; bezahlte Buchungen bleiben gültig.</p>
<h2>3. Reservieren und buchen</h2>
<ol>
<li>Wer eine Zeit wählt, reserviert sie für fünfzehn Minuten.</li>
<li>Gebucht ist sie, wenn Ihre Zahlung gelungen ist, und nicht vorher.</li>
<li>Ist die Reservierung abgelaufen, wenn die Zahlung eintrifft, und die Zeit noch frei, gehört die
Sitzung Ihnen; ist sie vergeben, geht die Zahlung vollständig zurück.</li>
</ol>
<h2>4. Preis und Zahlung</h2>
<p>Der angezeigte Preis ist der ganze Preis. Seine Teile (der Anteil des Mentors, unsere Provision,
die Kartengebühr) stehen fest, wenn Sie zahlen, nach den Sätzen dieses Augenblicks.</p>
<h2>5. Absagen</h2>
<p>Die <a href="/de/absagen/">Regeln für Absagen</a>, die beim Buchen neben dem Preis standen, sind
Teil Ihrer Buchung. Spätere Änderungen berühren sie nicht.</p>
<h2>6. Umgang</h2>
<p>Seien Sie pünktlich und höflich, und behalten Sie für sich, was Sie hören. Wir sperren Konten von
Menschen, die andere belästigen oder täuschen oder sich hier vereinbarte Sitzungen anderswo bezahlen
lassen.</p>
<h2>7. Bewertungen</h2>
<p>Nur Klienten, deren Sitzung stattgefunden hat, können sie bewerten. Wir verbergen eine Bewertung,
die gegen das Recht verstößt oder Privates über jemanden nennt, sagen es der Person, die sie
geschrieben hat, und halten fest, wer sie warum verborgen hat.</p>
<h2>8. Haftung</h2>
<p>Mentoren stehen für ihren Rat ein. Wir stehen dafür ein, dass wir die Website sorgfältig
betreiben, für das Geld, solange es bei uns liegt, und für Schäden aus Vorsatz oder grober
Fahrlässigkeit.</p>
<h2>9. Änderungen</h2>
<p>Eine neue Fassung wird dreißig Tage vor ihrem Beginn per E-Mail angekündigt und trägt eine neue
Nummer. Was Sie unter einer früheren Fassung gebucht haben, bleibt unter ihr.</p>
"""

PRIVACY = """
<p>Welche Daten wir über Sie speichern, warum und wie lange. Ein Muster, das zur Demo gehört.</p>
<h2>Was wir speichern</h2>
<ul>
<li><b>Ihr Konto</b>: Name, E-Mail-Adresse, Zeitzone und Ihr Passwort als Prüfwert, aus dem es sich
nicht zurückrechnen lässt.</li>
<li><b>Ihre Sitzungen</b>: mit wem, wann, zu welchem Preis, und die Ziele, die Sie aufgeschrieben
haben.</li>
<li><b>Ihre Zahlungen</b>: Betrag, Stand und die Referenz beim Zahlungsunternehmen. Kartennummern
erreichen uns nie.</li>
<li><b>Ihre Nachrichten</b> mit Mentoren und die Bewertungen, die Sie geschrieben haben.</li>
</ul>
<h2>Was wir nicht tun</h2>
<p>Keine Werbung, keine Verfolgung über Websites hinweg, keine Schriften und Skripte von anderen
Rechnern auf diesen Seiten. Wir verkaufen nichts über Sie, denn wir haben nichts zu verkaufen.</p>
<h2>Cookies</h2>
<p>Eines hält Sie angemeldet, eines schützt Formulare. Keines folgt Ihnen, deshalb gibt es hier auch
kein Banner, das man schließen müsste.</p>
<h2>Wer es sonst sieht</h2>
<p>Der Mentor, den Sie buchen, sieht Ihren Namen, Ihre Ziele und Ihre Nachrichten. Das
Zahlungsunternehmen sieht, was es für Ihre Zahlung braucht. Sonst niemand.</p>
<h2>Wie lange</h2>
<p>Buchungen und Zahlungen bleiben zehn Jahre, weil das Recht der Buchführung es verlangt.
Nachrichten verschwinden zwei Jahre nach der letzten. Wenn Sie Ihr Konto schließen, wird Ihr Name
aus allem entfernt, was nicht zu den Büchern gehört.</p>
<h2>Ihre Rechte</h2>
<p>Bitten Sie um eine Kopie, eine Berichtigung oder eine Löschung unter <a
href="mailto:privacy@counterfoil.example">privacy@counterfoil.example</a>. Eine Antwort bekommen
Sie innerhalb eines Monats.</p>
"""

CANCELLATION = """
<p>Jede Art von Sitzung hat eine von zwei Regelungen. Welche, steht neben dem Preis, bei Ihrer
Buchung und in Ihrer Bestätigung.</p>
<h2>Standard</h2>
<ul>
<li>Bis <b>24 Stunden vor</b> dem Beginn: Sie bekommen alles zurück.</li>
<li>Später, bis zum Beginn: Sie bekommen <b>die Hälfte</b> zurück.</li>
</ul>
<h2>Streng</h2>
<ul>
<li>Bis <b>48 Stunden vor</b> dem Beginn: Sie bekommen alles zurück.</li>
<li>Bis <b>24 Stunden vorher</b>: Sie bekommen <b>die Hälfte</b> zurück.</li>
<li>Später: Nichts kommt zurück.</li>
</ul>
<h2>Wie die Stunden gezählt werden</h2>
<p>Auf die Minute, vom Beginn der Sitzung an. Genau 24 Stunden vorher gilt noch der bessere
Betrag.</p>
<h2>Die Kartengebühr</h2>
<p>Zahlungsunternehmen behalten ihre Gebühr, wenn eine Zahlung erstattet wird. Bekommen Sie alles
zurück, tragen Sie sie nicht. Bei einer späten Absage unter „Streng“ schon: Der Teil der Gebühr, der
auf Ihre Erstattung entfällt, wird abgezogen, und der Betrag auf dem Knopf ist schon der
richtige.</p>
<h2>Wenn der Mentor absagt</h2>
<p>Sie bekommen jederzeit alles zurück, und der Mentor trägt die Gebühr.</p>
<h2>Wenn wir absagen</h2>
<p>Müssen wir eine Sitzung streichen (ein gesperrtes Profil, ein Fehler von uns), bekommen Sie alles
zurück, und wir tragen die Gebühr.</p>
<h2>Wenn niemand kommt</h2>
<p>Sagen Sie es uns innerhalb von drei Tagen nach der Sitzung. War der Mentor nicht da, bekommen Sie
alles zurück.</p>
"""

DOCUMENTS = (
    TranslatedDocument(
        of="terms",
        slug="bedingungen",
        title="Bedingungen",
        summary="Was Sie und wir einander versprechen, wenn Sie diese Website benutzen.",
        body=TERMS,
    ),
    TranslatedDocument(
        of="privacy",
        slug="datenschutz",
        title="Datenschutz",
        summary="Was wir über Sie wissen, warum, und wie wir es wieder vergessen.",
        body=PRIVACY,
    ),
    TranslatedDocument(
        of="cancellation",
        slug="absagen",
        title="Absagen",
        summary="Was zurückkommt, wenn eine Sitzung nicht stattfindet, und bis wann man es sagt.",
        body=CANCELLATION,
    ),
)
