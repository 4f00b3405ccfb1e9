"""Terms, privacy and the policy on cancelling, as a small marketplace would have them."""

from datetime import date

from demo.texts.parts import DemoDocument

TERMS = """
<p>These terms hold between you and Counterfoil, the operator of this site. They are a sample that
comes with the demo: have your own written before you open.</p>
<h2>1. What we do</h2>
<p>We run a marketplace on which mentors offer sessions and clients book them. The contract about a
session is between the client and the mentor. We take the payment for the mentor, hold the time, and
pay the mentor’s share out.</p>
<h2>2. Your account</h2>
<p>You need an account with an e-mail address that is yours. Keep your password to yourself. You may
close your account at any time; bookings that are paid for stay valid.</p>
<h2>3. Holding and booking</h2>
<ol>
<li>Choosing a time holds it for fifteen minutes.</li>
<li>The booking is made when your payment has succeeded, and not before.</li>
<li>If the hold has ended when the payment arrives and the time is still free, the session is yours;
if it is taken, the payment goes back in full.</li>
</ol>
<h2>4. Price and payment</h2>
<p>The price shown is the whole price. Its parts (the mentor’s share, our commission, the card’s
fee)
are fixed when you pay, by the rates of that moment.</p>
<h2>5. Cancelling</h2>
<p>The <a href="/cancellation/">cancellation policy</a> that stood beside the price when you
booked is
part of your booking, and later changes do not touch it.</p>
<h2>6. Conduct</h2>
<p>Be on time, be civil, and keep what you hear to yourself. We suspend accounts that harass,
deceive or take payments elsewhere for sessions arranged here.</p>
<h2>7. Reviews</h2>
<p>Only clients whose session took place can review it. We hide a review that is unlawful or that
names somebody’s private affairs, say so to its author, and keep a record of who hid it and why.</p>
<h2>8. Liability</h2>
<p>Mentors answer for their advice. We answer for running the site with care, for money while it is
with us, and for damage caused intentionally or by gross negligence.</p>
<h2>9. Changes</h2>
<p>A new version is announced by e-mail thirty days before it takes effect and carries a new number.
What you booked under an earlier version stays under that version.</p>
"""

PRIVACY = """
<p>Which data we keep about you, why, and for how long. A sample that comes with the demo.</p>
<h2>What we keep</h2>
<ul>
<li><b>Your account</b>: name, e-mail address, time zone, and your password as a one-way hash.</li>
<li><b>Your sessions</b>: with whom, when, at which price, and the goals that you wrote.</li>
<li><b>Your payments</b>: amount, state and the reference at the payment company. Card numbers never
reach us.</li>
<li><b>Your messages</b> with mentors, and the reviews that you wrote.</li>
</ul>
<h2>What we do not do</h2>
<p>No advertising, no tracking across sites, no fonts or scripts from other hosts on these pages. We
sell nothing about you, because we have nothing to sell.</p>
<h2>Cookies</h2>
<p>One that keeps you signed in and one that protects forms. Neither follows you, so there is no
banner to close.</p>
<h2>Who else sees it</h2>
<p>The mentor you book sees your name, your goals and your messages. The payment company sees what
it
needs to take your payment. Nobody else does.</p>
<h2>How long</h2>
<p>Bookings and payments stay for ten years, because the law on books asks for it. Messages go two
years after
the last one. When you close your account, your name is removed from everything that is not part of
the books.</p>
<h2>Your rights</h2>
<p>Ask for a copy, a correction or a deletion at <a
href="mailto:privacy@counterfoil.example">privacy@counterfoil.example</a>.
You get an answer within a month.</p>
"""

CANCELLATION = """
<p>Every session type carries one of two policies. Which one is written beside the price, on your
booking and in your confirmation.</p>
<h2>Standard</h2>
<ul>
<li>Until <b>24 hours before</b> the start: you get everything back.</li>
<li>Later, until the start: you get <b>half</b> back.</li>
</ul>
<h2>Strict</h2>
<ul>
<li>Until <b>48 hours before</b> the start: you get everything back.</li>
<li>Until <b>24 hours before</b>: you get <b>half</b> back.</li>
<li>Later: nothing comes back.</li>
</ul>
<h2>How hours are counted</h2>
<p>To the minute, from the start of the session. At exactly 24 hours before, the better amount still
holds.</p>
<h2>The card’s fee</h2>
<p>Payment companies keep their fee when a payment is refunded. If you get everything back, you do
not bear it. On a late cancellation under Strict you do: the part of the fee that belongs to your
refund is deducted, and the amount on the button already says so.</p>
<h2>When the mentor cancels</h2>
<p>You get everything back, at any time, and the mentor bears the fee.</p>
<h2>When we cancel</h2>
<p>If we have to take a session down (a suspended profile, an error of ours) you get everything
back,
and we bear the fee.</p>
<h2>When nobody comes</h2>
<p>Tell us within three days of the session. If the mentor was not there, you get everything
back.</p>
"""

DOCUMENTS = (
    DemoDocument(
        slug="terms",
        title="Terms",
        summary="What you and we promise each other when you use this site.",
        version="1.2",
        effective_from=date(2026, 9, 1),
        requires_acceptance=True,
        body=TERMS,
    ),
    DemoDocument(
        slug="privacy",
        title="Privacy",
        summary="What we know about you, why, and how to make us forget it.",
        version="1.0",
        effective_from=date(2026, 6, 1),
        requires_acceptance=True,
        body=PRIVACY,
    ),
    DemoDocument(
        slug="cancellation",
        title="Cancellation",
        summary="What comes back when a session does not take place, and by when to say so.",
        version="2.0",
        effective_from=date(2026, 9, 1),
        requires_acceptance=False,
        body=CANCELLATION,
    ),
)
