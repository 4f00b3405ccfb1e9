"""Articles for those who ask: preparing an hour, prices, cancelling, time zones."""

from decimal import Decimal

from demo.texts.parts import DemoArticle, action, link, quote, words

ARTICLES = (
    DemoArticle(
        slug="one-question-is-enough",
        title="One question is enough for an hour",
        lead="How to prepare a session in fifteen minutes, so that the hour is spent on your "
        "question and not on finding it.",
        author="Ada Winterbourne",
        mentor="mentor@example.com",
        days_ago=11,
        motif="talk",
        body=(
            words("""
            <p>The best hours I have given began with one sentence. The worst began with four
            slides. A mentor does not know your company, your manager or your last five years,
            and cannot learn them in an hour. What fits into an hour is one question that you
            have already failed to answer alone.</p>
            <h2>Write the question before you book</h2>
            <p>Most people arrive with a subject: “my career”, “the team”, “the interview”. A
            subject is not a question. Turn it into one by finishing this sentence: <b>by the end
            of the hour I want to have decided whether…</b></p>
            <ul>
            <li>“My career” becomes “whether I take the lead role in a team I do not respect”.</li>
            <li>“The interview” becomes “which of my three projects I talk about first”.</li>
            <li>“The team” becomes “whether I tell them on Monday or after the release”.</li>
            </ul>
            <p>If you cannot finish the sentence, book a short call instead of a long one. Thirty
            minutes are enough to find out what the question is.</p>
            """),
            quote("A subject is not a question. A question ends with a decision."),
            words("""
            <h2>Send three lines, not a document</h2>
            <p>When you book you are asked for your goals. Mentors read them the evening before.
            Three lines are plenty: what you want to decide, what you have tried, and what would
            make the hour worth its price. Leave the history out. If it matters, your mentor will
            ask, and the answer will be better for being asked for.</p>
            <h2>Spend the first five minutes on facts</h2>
            <p>Say the numbers that the decision hangs on: the salary, the deadline, the number of
            people. Mentors lose more time to politeness around numbers than to anything else.</p>
            <h2>Ask for the objection</h2>
            <p>Near the end, say what you now intend to do, and ask: “What would you expect to go
            wrong?” It is the one question that somebody with twenty years of the same mistakes
            answers better than anybody else, and hardly anyone asks it.</p>
            <h2>Leave with a date</h2>
            <p>Advice without a date is entertainment. Before you hang up, say aloud what you will
            do, and by when. Write it down while the call is still open. I have seen a plan on a
            paper napkin outlive three strategy documents, because somebody had written “Tuesday”
            next to it.</p>
            """),
        ),
    ),
    DemoArticle(
        slug="where-a-price-goes",
        title="Where a price goes, to the cent",
        lead="A session costs 100 dollars. Who gets what, when they get it, and what becomes of "
        "the parts if you cancel.",
        author="Edith Marlow",
        days_ago=18,
        motif="split",
        body=(
            words("""
            <p>Marketplaces like to speak in percentages. A percentage is easy to agree with and
            hard to check. So we print cents. Every price on this site has three parts, they are
            fixed at the moment you pay, and they add up to exactly what you paid.</p>
            """),
            (
                "fees",
                {
                    "heading": "One session, three parts",
                    "text": "These are today’s rates, read from the books as this page was shown.",
                    "price": Decimal(100),
                    "currency": "USD",
                    "cancelling": True,
                },
            ),
            words("""
            <h2>The card’s fee</h2>
            <p>Taking a card payment costs money. The fee is set by the payment company, and it is
            the part that nobody here decides. It comes out of the price, never on top of it: the
            price you see is the price you pay.</p>
            <h2>Our commission</h2>
            <p>It pays for the site, for support, and for the people who look at every mentor
            before a profile goes live. We earn it when the session has taken place. Until then
            it stands in our books as money that is not ours yet.</p>
            <h2>The mentor’s share</h2>
            <p>Everything else. It becomes available three days after the session, which leaves
            you time to tell us if something was wrong, and is sent with the next payout.</p>
            <h2>And if the rates change?</h2>
            <p>Then they change for later sales. What you paid last month was split by last
            month’s rates, and stays so. A refund takes from each part what that part
            received, in proportion, and rounds so that the cents add up again.</p>
            """),
            action(
                "Read the terms of a booking",
                "One page, in the words that bind us.",
                link("Read the cancellation policy", "/cancellation/"),
            ),
        ),
    ),
    DemoArticle(
        slug="cancel-early",
        title="Cancel early, and cancel kindly",
        lead="What you get back, when the amount changes, and why moving a session is almost "
        "always better than missing it.",
        author="Sunniva Lund",
        days_ago=32,
        motif="back",
        body=(
            words("""
            <p>I answer the support mail here. About a third of it is one question asked in many
            ways: <i>I cannot make it, what now?</i> The short answer: press Cancel now, not
            tomorrow. The amount that comes back is printed on the button, so nothing you press
            will surprise you.</p>
            <h2>Two policies, and both are on the page</h2>
            <p>Each session type carries one of two policies, in words, beside its price.</p>
            <ul>
            <li><b>Standard</b>: everything back until 24 hours before the start, half of it
            after that.</li>
            <li><b>Strict</b>: everything back until 48 hours before, half until 24 hours before,
            and nothing later. Mentors use it for sessions that they prepare at length.</li>
            </ul>
            <p>The policy you booked under is yours. If your mentor changes terms next week, your
            booking keeps the old ones.</p>
            <h2>The clock is the one on the invitation</h2>
            <p>“24 hours before” means 24 hours, not “the day before”. A session on Tuesday at
            18:00 can be cancelled in full until Monday at 18:00, in whichever zone you happen to
            read it.</p>
            """),
            quote(
                "The amount that comes back is printed on the button.", "Sunniva Lund", "Support"
            ),
            words("""
            <h2>If your mentor cancels</h2>
            <p>You get everything back, at once, and the mentor bears what the card payment cost.
            Nobody has to argue about it.</p>
            <h2>How long a refund takes</h2>
            <p>We send it within a minute. Your bank shows it in five to ten days, because banks
            do. The state of the refund is on your session’s page, with its reference; if the
            bank asks, read them that.</p>
            <h2>Say why</h2>
            <p>The reason is optional and one line long. Write it anyway. Mentors who know that a
            child was ill or that a flight moved will happily find you another hour; mentors who
            know nothing draw their own conclusions.</p>
            """),
        ),
    ),
    DemoArticle(
        slug="six-oclock-is-not-a-time",
        title="Six o’clock is not a time",
        lead="You are in Lisbon, your mentor is in Honolulu, and the clocks change on Sunday. How "
        "to never miss a session again.",
        author="Hana Kealoha",
        mentor="hana.kealoha@mentors.example.com",
        days_ago=46,
        motif="clock",
        body=(
            words("""
            <p>I live in Honolulu and work with people in Europe. When I say “six”, I mean my
            evening; they hear their morning. Both of us are sure. This is how two sensible people
            each spend half an hour alone in a video call.</p>
            <h2>A time has a place</h2>
            <p>“18:00” is a drawing on a clock. “18:00 in London” is a time. On this site every
            hour is written with its place, and when yours differs you see both:
            <b>Tue 24 Nov, 18:00 London, 08:00 yours</b>. If you remember one thing, remember to
            write the place whenever you write an hour, in mail too.</p>
            <h2>Places keep better than abbreviations</h2>
            <p>CST is Chicago, and Shanghai, and Havana. IST is India, Ireland and Israel. Nobody
            has ever confused Chicago with Shanghai.</p>
            <h2>Twice a year the distance moves</h2>
            <p>Europe and North America change their clocks on different Sundays. For two or three
            weeks a year New York is four hours from London and not five. Some places never
            change: Honolulu, Dubai, Nairobi, most of Asia. A weekly session at “nine my time”
            will therefore move for one of you. Decide early whose nine it is.</p>
            """),
            (
                "picture",
                {
                    "image": "calendar",
                    "alt": "A month on a sheet of paper; the days of one week are marked and one "
                    "of them is stamped.",
                    "caption": "A day in the calendar is an instant. It travels with you.",
                },
            ),
            words("""
            <h2>Let the calendar do it</h2>
            <p>When a session is confirmed you get an invitation. Open it, and your calendar
            stores the instant instead of the drawing. From then on you may travel, the clocks may
            change, and the entry moves with you.</p>
            <h2>And the days that do not exist</h2>
            <p>On the night the clocks go forward there is an hour that never happens. Nobody can
            offer it here, so nobody can book it. I have asked.</p>
            """),
        ),
    ),
)
