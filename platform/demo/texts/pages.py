"""The front page, the page for mentors to be, and the questions."""

from decimal import Decimal
from typing import Any

from demo.texts.parts import Part, action, faq, link, words

HOME_TITLE = "Time with people who have done it"
HOME_LEAD = (
    "Book an hour with a mentor. The price, the free times and what you get back if you cancel "
    "are on the page."
)
HOME: tuple[Part, ...] = (
    (
        "hero",
        {
            "eyebrow": "Mentors, by the hour",
            "heading": HOME_TITLE,
            "text": "Bring one question to somebody who has answered it in real life. You see the "
            "price, the free times and the terms before you sign in.",
            "first": link("Find a mentor", "/mentors/"),
            "second": link("How it works", "#how-it-works"),
            "beside": "live",
            "mentors": [
                "keiko.mori@mentors.example.com",
                "mentor@example.com",
                "imani.wanjiru@mentors.example.com",
            ],
            "small": "Prices include everything. Standard sessions: full refund until 24 hours "
            "before.",
        },
    ),
    (
        "stats",
        {
            "heading": "",
            "figures": [
                {"figure": "mentors", "label": "mentors take bookings"},
                {"figure": "sessions", "label": "sessions held"},
                {"figure": "languages", "label": "languages"},
                {"figure": "places", "label": "places, from Honolulu to Wellington"},
            ],
        },
    ),
    (
        "how",
        {
            "heading": "How it works",
            "steps": [
                {
                    "title": "Pick a time",
                    "text": "Every time on a profile is free right now, in your zone and in the "
                    "mentor’s.",
                },
                {
                    "title": "Pay once",
                    "text": "The time is held for you for fifteen minutes while you pay. The price "
                    "is the whole price.",
                },
                {
                    "title": "Meet",
                    "text": "You get an invitation for your calendar, and the goals you wrote are "
                    "on your mentor’s desk.",
                },
                {
                    "title": "Keep the stub",
                    "text": "Receipt, terms and refund, if any, stay with the session. So does "
                    "your review.",
                },
            ],
        },
    ),
    (
        "mentors",
        {
            "heading": "Well reviewed",
            "text": "Only clients whose session took place can leave a review.",
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
            "heading": "What people ask about",
            "text": "Each leads to the mentors who know it from work.",
            "count": 12,
        },
    ),
    ("review", {"reference": "", "mentor": None}),
    (
        "fees",
        {
            "heading": "You see where the money goes",
            "text": "A price has three parts, fixed when you pay, and they add up. These are the "
            "parts of a 100-dollar session at today’s rates.",
            "price": Decimal(100),
            "currency": "USD",
            "cancelling": True,
        },
    ),
    faq(
        "Before you ask",
        (
            "Do I have to sign in to look around?",
            "<p>No. Profiles, prices and free times are public. You sign in when you hold a "
            "time.</p>",
        ),
        (
            "What if my mentor cancels?",
            "<p>You get everything back, at once, whatever the policy says.</p>",
        ),
        (
            "In which time zone are the times?",
            "<p>In yours when you book, and in the mentor’s beside it. Each is written with its "
            "place.</p>",
        ),
    ),
    action(
        "You know something that others pay to learn",
        "Set your own price and hours. You receive your share three days after each session.",
        link("Become a mentor", "/become-a-mentor/"),
        link("Read how others began", "/articles/your-first-ten-sessions/"),
    ),
)

MENTORS_TITLE = "Become a mentor"
MENTORS_LEAD = (
    "Offer your hours at your own price. You see what you receive, to the cent, before anybody "
    "books."
)
MENTORS: tuple[Part, ...] = (
    (
        "hero",
        {
            "eyebrow": "For mentors",
            "heading": "Your hours, your price, your terms",
            "text": "You decide when you are open and what an hour costs. We hold the time, take "
            "the payment, send the invitations and keep the books.",
            "first": link("Apply as a mentor", "/app/register"),
            "second": link("See what you receive", "#what-you-receive"),
            "beside": "steps",
            "small": "Every application is read by a person.",
        },
    ),
    (
        "how",
        {
            "heading": "From application to first session",
            "steps": [
                {
                    "title": "Apply",
                    "text": "Tell us what you have done and whom you want to help. Ten minutes, no "
                    "video.",
                },
                {
                    "title": "Meet a curator",
                    "text": "A person checks who you are, calls a reference and looks at your "
                    "prices with you.",
                },
                {
                    "title": "Open your hours",
                    "text": "Weekly hours, days off, notice and gaps. Nobody can book what you did "
                    "not open.",
                },
                {
                    "title": "Get paid",
                    "text": "Three days after a session your share is available and goes out with "
                    "the next payout.",
                },
            ],
        },
    ),
    (
        "fees",
        {
            "heading": "What you receive",
            "text": "Of a session sold at 80 dollars, at today’s rates. Rates are dated: a new one "
            "holds for later sales only.",
            "price": Decimal(80),
            "currency": "USD",
            "cancelling": False,
        },
    ),
    words("""
        <h2>What we look at</h2>
        <p>We say yes to about one application in four. Three things decide.</p>
        <ul>
        <li><b>You have done the thing.</b> Not taught it, not written about it: done it, with
        something at stake.</li>
        <li><b>You can say no.</b> We ask for a time when you told somebody that you could not help
        them.</li>
        <li><b>Your price is plain.</b> One price an hour, no packages, nothing to buy
        afterwards.</li>
        </ul>
        <h2>What we do not do</h2>
        <p>We do not rank you by what you earn for us. We do not show invented discounts, and
        nobody can pay for a better place in the list. Reviews come from people who met you, and
        you can answer each one.</p>
    """),
    (
        "mentors",
        {
            "heading": "In good company",
            "text": "A few of those who answer here.",
            "chosen": [],
            "search": "",
            "language": "",
            "order": "rating",
            "count": 3,
        },
    ),
    faq(
        "Questions from mentors",
        (
            "When am I paid?",
            "<p>Your share becomes available three days after the session has ended, and is sent "
            "with the next payout.</p>",
        ),
        (
            "Who pays if a client cancels late?",
            "<p>Under the Standard policy you keep your part of the half that stays. Under Strict "
            "you keep all of it within the last 24 hours.</p>",
        ),
        (
            "And if I have to cancel?",
            "<p>The client gets everything back, and what the card payment cost is taken from your "
            "balance. Move the session instead where you can.</p>",
        ),
        (
            "May I change my price?",
            "<p>At any time. Sessions that are already booked keep the price they were booked "
            "at.</p>",
        ),
    ),
    action(
        "Two evenings a week are enough",
        "Open four hours a week, and keep your job.",
        link("Apply as a mentor", "/app/register"),
    ),
)

FAQ_LEAD = "Booking, cancelling, fees, time zones and payouts, in short."
FAQ: tuple[Part, ...] = (
    faq(
        "Booking",
        (
            "How do I book a session?",
            "<p>Open a profile, choose a session type and a time, and pay. The time is yours for "
            "fifteen minutes while you do. As soon as the payment has succeeded the session is "
            "confirmed and you get an invitation by e-mail.</p>",
        ),
        (
            "What happens if I do not pay in time?",
            "<p>The hold ends and the time is free again. Nothing is charged. Should your bank "
            "release a payment later, it goes back to you by itself.</p>",
        ),
        (
            "How many times can I hold at once?",
            "<p>Three that you have not paid for. A fourth would keep them from somebody who wants "
            "them.</p>",
        ),
        (
            "Why was the time gone when I tapped it?",
            "<p>Somebody held it while you looked. We show you the free times nearest to it.</p>",
        ),
        (
            "Can I bring a colleague?",
            "<p>Sessions are for one person. Ask your mentor in a message if you would like to "
            "share yours.</p>",
        ),
    ),
    faq(
        "Cancelling and refunds",
        (
            "What do I get back if I cancel?",
            "<p>It depends on the policy beside the price. <b>Standard</b>: everything until 24 "
            "hours before, half later. <b>Strict</b>: everything until 48 hours before, half until "
            "24 hours before, nothing later. The exact amount is on the button before you press "
            "it.</p>",
        ),
        (
            "What if my mentor cancels?",
            "<p>You get everything back, whatever the policy, and nothing is deducted.</p>",
        ),
        (
            "When do I see the money?",
            "<p>We send it within a minute. Banks take five to ten days to show it. Your session "
            "has the reference of the refund, in case your bank asks.</p>",
        ),
        (
            "My mentor did not come. What now?",
            "<p>Write to support within three days. The mentor’s share is kept "
            "back for that long, for exactly this reason.</p>",
        ),
    ),
    faq(
        "Prices and fees",
        (
            "Is the price the whole price?",
            "<p>Yes. The card’s fee and our commission are inside it. In which parts, to the cent, "
            'is in <a href="/articles/where-a-price-goes/">Where a price goes</a>.</p>',
        ),
        (
            "In which currency do I pay?",
            "<p>In the mentor’s: US dollars, euros or pounds. Your bank converts if yours is "
            "another one.</p>",
        ),
        (
            "Do I get a receipt?",
            "<p>Your session shows what you paid, when, and under which terms. It prints well.</p>",
        ),
    ),
    faq(
        "Time zones",
        (
            "Whose time is shown?",
            "<p>Yours when you choose a time, and the mentor’s beside it. Set your zone in your "
            "profile.</p>",
        ),
        (
            "What happens when the clocks change?",
            "<p>Nothing to a booking: it is kept as an instant. A mentor’s weekly hours follow the "
            "mentor’s own clock.</p>",
        ),
    ),
    faq(
        "For mentors",
        (
            "When am I paid?",
            "<p>Three days after a session has ended your share is available. It is sent with the "
            "next payout to the account you named.</p>",
        ),
        (
            "What is taken from the price?",
            '<p>The card’s fee and our commission. <a href="/become-a-mentor/">Become a mentor</a> '
            "shows both, in cents.</p>",
        ),
        (
            "Who may review me?",
            "<p>Clients whose session with you took place, once each session, within thirty days. "
            "You can answer every review once.</p>",
        ),
    ),
)

CONTACT_SLUG, CONTACT_TITLE = "contact", "Write to us"
CONTACT_LEAD = (
    "For what no page answers. About a session, name its mentor and its day: then we find it at "
    "once."
)
CONTACT_FIELDS: tuple[dict[str, Any], ...] = (
    {"label": "Your name", "field_type": "singleline", "required": False},
    {
        "label": "Your e-mail address",
        "field_type": "email",
        "help_text": "We answer to it, and use it for nothing else.",
    },
    {
        "label": "It is about",
        "field_type": "radio",
        "choices": "A session\nA payment\nBecoming a mentor\nSomething else",
    },
    {"label": "Your message", "field_type": "multiline"},
)
