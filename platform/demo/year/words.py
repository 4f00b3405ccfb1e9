"""What people write when they book, cancel and complain. Data, and the choice among it."""

import random

from demo.year.plan import Story

_GOALS = (
    "A plan for the next month that I can keep.",
    "I have an offer on the table and two days to answer it.",
    "How do I tell my team about the reorganisation before the rumours do?",
    "My interview is on Thursday. I want to practise the part where I freeze.",
    "Choose between two roles: one is safer, one is closer to what I want to learn.",
    "Look at my portfolio and say what you would throw out first.",
    "I keep saying yes. I would like to leave with three sentences that say no.",
    "Understand why the last launch went badly, without blaming anybody.",
    "Prepare the conversation about my salary. I have the numbers, not the words.",
    "First ninety days as a lead: what should I stop doing?",
    "Talk through the design I will present on Monday and find the weak spot.",
    "I have read enough. I want to be made to start.",
    "Go over my pricing page line by line.",
    "How to give feedback to somebody more senior than me.",
    "Sort my week: too many meetings, no time to think.",
    "Decide whether to go freelance in spring, and what would have to be true.",
    "Rehearse a ten-minute talk and cut it to seven.",
    "Where are the gaps between my CV and the job description I sent you?",
    "Find the one metric that we should look at each Monday.",
    "I inherited a codebase and a grudge. Help me with the second.",
    "Write the first page of the grant proposal together.",
    "Plan my return after fourteen months of leave.",
    "A second opinion on our hiring process before we open the next role.",
    "Practise saying what I do in two sentences.",
)
_OF_SUBJECT = (
    "Something about {subject}: I learnt it by doing and would like to learn it properly.",
    "{subject}: where would you begin again if you had to?",
    "An honest look at where I stand in {subject}, and what to work on next.",
)

DROPPED = (
    "I picked the wrong day.",
    "My calendar changed while I was booking.",
    "Two tabs, two bookings; I keep the other one.",
    "I would rather take the shorter session.",
)
CLIENT_REASONS = (
    "A deadline moved to that afternoon.",
    "My daughter is ill and I am at home with her.",
    "The interview was postponed, so I do not need the rehearsal yet.",
    "I am travelling and the connection will not be good enough.",
    "We agreed on the offer yesterday; the question has answered itself.",
    "I double-booked myself, my mistake.",
    "Train strike, I will be on a bus at that hour.",
    "I have not done what I promised to prepare, and it would waste your time.",
    "A funeral in the family.",
    "The company pays for somebody else now. Thank you for your time so far.",
)
MENTOR_REASONS = (
    "I am down with the flu and would not be of use to you.",
    "An incident at my own company; I have to be there.",
    "My flight was moved. I have opened two more times next week.",
    "The power is out in our street until tomorrow.",
    "I have to be in court as a witness that morning.",
    "A family matter. I am sorry for the short notice.",
)
STAFF_REASONS = (
    "The mentor is in hospital; support calls off the week's sessions.",
    "Booked twice by a mistake on our side.",
    "The mentor's account is being looked at, so we return the money.",
)
MENTOR_ABSENT = (
    "The client waited in the room for twenty minutes; the mentor did not join or answer.",
    "Mentor absent without notice, reported by the client with a screenshot of the room.",
    "Mentor confused two time zones and was asleep. Confirmed by telephone.",
)
GOODWILL = (
    "Sound failed for a third of the session; agreed with the mentor.",
    "Started fifteen minutes late.",
    "The client had expected the longer format; the description was unclear.",
    "Two complaints about the same material; part of the price as a courtesy.",
)


def goals(dice: random.Random, story: Story) -> str:
    """Return what the client writes into the booking."""
    if dice.random() < 0.25:
        return dice.choice(_OF_SUBJECT).format(subject=dice.choice(story.mentor.expertise))
    return dice.choice(_GOALS)
