"""What clients and mentors write to each other, and the goals that clients set. Data.

An exchange is a list of (who, hours after the one before, text); `{name}` is the reader's first
name. Those of `BEFORE` are written between booking and session, those of `AFTER` behind it.
"""

CLIENT, MENTOR = "client", "mentor"

BEFORE = (
    (
        (CLIENT, 1, "Hello {name}, I have booked for next week. Is there anything to read before?"),
        (MENTOR, 5, "Hello {name}. Send me one page: where you are, what you have tried."),
        (CLIENT, 20, "Here it is, one page and a half. I could not cut the half."),
        (MENTOR, 7, "The half is the interesting part. See you then."),
    ),
    (
        (CLIENT, 2, "Would it be all right if we did this without video? I will be on a train."),
        (MENTOR, 3, "Of course. Choose a quiet carriage and have a pen ready."),
    ),
    (
        (CLIENT, 1, "I am unsure if half an hour is enough for a portfolio of eleven projects."),
        (
            MENTOR,
            8,
            "Bring three: the best, the worst, and the one you are proud of.",
        ),
        (CLIENT, 2, "The last two may be the same one."),
    ),
    (
        (MENTOR, 3, "Thank you for booking, {name}. What would make this hour worth it for you?"),
        (CLIENT, 15, "If I knew which of the two offers to decline. I have until Friday."),
        (MENTOR, 4, "Then write down what you would tell a friend, and bring that."),
    ),
    (
        (
            CLIENT,
            4,
            "Do you look at contracts too? There is a clause in mine that I do not understand.",
        ),
        (MENTOR, 6, "I can say what is usual, not what is legal. For the latter ask a lawyer."),
        (CLIENT, 3, "Usual is what I need for now, thank you."),
    ),
    (
        (CLIENT, 1, "My English is not perfect. Is that a problem?"),
        (MENTOR, 2, "Not for me. We will go slowly and I will write the important words down."),
    ),
    (
        (CLIENT, 6, "Could we rehearse with hard questions? Last time I was surprised by one."),
        (MENTOR, 10, "Gladly. I will be unpleasant for twenty minutes and myself afterwards."),
        (CLIENT, 1, "Deal."),
    ),
    (
        (
            MENTOR,
            2,
            "You write that the launch went badly. Is there a timeline I could read?",
        ),
        (CLIENT, 9, "There is one, with opinions in it. I have marked them in grey."),
        (MENTOR, 12, "The grey parts are where we begin."),
    ),
    (
        (
            CLIENT,
            3,
            "Is the time in my zone or in yours? The page says mine, I want to be sure.",
        ),
        (MENTOR, 2, "Yours on your page, mine on mine, and the same instant on both."),
    ),
    (
        (CLIENT, 2, "I would like to bring my co-founder. Two people, one question."),
        (
            MENTOR,
            5,
            "Bring the question and tell her afterwards. Two founders make it a meeting.",
        ),
        (CLIENT, 14, "She laughed and agrees."),
    ),
)
AFTER = (
    (
        (CLIENT, 3, "Thank you for today. I have sent the mail. My hands were shaking."),
        (MENTOR, 16, "Good. Whatever the answer is, you asked the right thing."),
        (CLIENT, 52, "They said yes."),
        (MENTOR, 2, "Then enjoy the evening and start the next list tomorrow."),
    ),
    (
        (MENTOR, 4, "As promised, the outline of what we found. Correct me where I misheard."),
        (CLIENT, 11, "One thing: the budget is for the quarter, not for the year."),
        (MENTOR, 5, "That changes the second step. Do the third one first."),
    ),
    (
        (CLIENT, 26, "What was the book you mentioned, with the green cover?"),
        (MENTOR, 8, "Read chapters four and nine only. The rest repeats them."),
    ),
    (
        (
            CLIENT,
            30,
            "I tried it in the team meeting. It was quiet for a while, then it was good.",
        ),
        (MENTOR, 6, "Quiet is work being done. Well held."),
    ),
    (
        (MENTOR, 22, "How did the first week go?"),
        (CLIENT, 19, "Three of five days. On the other two I found excuses, good ones."),
        (MENTOR, 9, "Three is more than none. Write the excuses down, we will use them."),
    ),
    (
        (CLIENT, 5, "I was not at my best today, sorry. It had nothing to do with you."),
        (MENTOR, 3, "Nothing to be sorry for. The next one is better when you choose the topic."),
    ),
    (
        (CLIENT, 48, "The talk is down to seven minutes. I cut the joke."),
        (MENTOR, 7, "The joke was the best part. Put it back and cut the agenda."),
        (CLIENT, 20, "You were right. Six minutes fifty."),
    ),
    (
        (CLIENT, 70, "I declined. It felt terrible for a day and then like a window being opened."),
        (MENTOR, 12, "That is how the right ones feel. What is next?"),
    ),
    (
        (
            MENTOR,
            7,
            "I have sent you the sheet with the numbers. Change only the blue cells.",
        ),
        (CLIENT, 28, "I changed a black one. It told me so."),
    ),
    (
        (CLIENT, 8, "Could you recommend somebody for the tax side of this?"),
        (
            MENTOR,
            13,
            "Not by name, but ask whoever does your neighbour's. Local counts here.",
        ),
    ),
)
ABSENT = (
    (
        (CLIENT, 1, "I am so sorry, I had the hour wrong in my head and missed our session."),
        (
            MENTOR,
            3,
            "It happens. I waited a quarter of an hour. Book again in a calmer week.",
        ),
    ),
    (
        (MENTOR, 1, "I was in the room until twenty past. I hope that nothing is wrong?"),
        (CLIENT, 6, "A power cut, and my telephone was empty. My fault for not having written."),
        (MENTOR, 2, "No harm done on my side. Take care."),
    ),
)

GOALS = (
    (
        "Change into a lead role by autumn",
        (
            "Ask three leads what they stopped doing",
            "Run one planning without my manager",
            "Write down what I will not do any more",
            "Have the conversation about the role",
        ),
        (
            "Two of three asked. Both said: meetings.",
            "The planning went well, I talked too much.",
            "My manager brought it up before I did.",
        ),
    ),
    (
        "Give the conference talk without notes",
        (
            "One page of what I want to be remembered",
            "Three rehearsals with a person, not a mirror",
            "Cut it to the time and stop there",
        ),
        (
            "The page is done and hangs over my desk.",
            "Second rehearsal. I lost the thread once.",
            "Gave it. I looked at the notes once, for the date.",
        ),
    ),
    (
        "A portfolio that shows how I think",
        ("Throw out half", "One case told with its mistakes", "Ask two people who hire to read it"),
        ("Nine projects gone. It hurts.", "The case with mistakes is the one people ask about."),
    ),
    (
        "Ask for the salary that the market pays",
        (
            "Collect five real numbers",
            "Practise the first sentence",
            "Have the meeting",
            "Get it in writing",
        ),
        ("Five numbers, four above mine.", "Meeting is on the 14th.", "It is in writing."),
    ),
    (
        "Sleep before launches, not after",
        ("A checklist that somebody else can run", "Hand over one launch entirely"),
        ("The checklist has 22 points. Working on it.", "Handed over. I only looked twice."),
    ),
    (
        "Ten paying customers before the end of the year",
        (
            "Talk to fifteen people who have the problem",
            "Write the page for one of them",
            "Charge the first one",
            "Charge the tenth one",
        ),
        (
            "Eleven conversations. Six have it, two would pay.",
            "First invoice paid.",
            "Six customers. The page needs another round.",
        ),
    ),
    (
        "Come back to work after parental leave",
        (
            "Decide on days and hours",
            "Meet the team before the first day",
            "A plan for the first month with my manager",
        ),
        ("Four days, agreed at home and at work.", "Lunch with the team. Half of them are new."),
    ),
    (
        "Speak up in the weekly review",
        (
            "Prepare one question each week",
            "Ask it in the first ten minutes",
            "Disagree once, out loud",
        ),
        ("Asked twice. Nobody died.", "I disagreed, and we changed the date."),
    ),
    (
        "Finish the grant proposal with a calm mind",
        (
            "First page that my aunt understands",
            "Budget checked by finance",
            "Two readers",
            "Submit a day early",
        ),
        ("My aunt had one question. It was the right one.", "Budget agreed.", "Submitted."),
    ),
    (
        "Pass the system design interview",
        (
            "Draw one system a week",
            "Explain one to somebody outside the field",
            "Two mock interviews",
        ),
        ("Five drawn. Queues everywhere.", "First mock done: too fast, too few questions."),
    ),
    (
        "Hire the first two people without regret",
        ("Write what the role is not", "Same questions for everybody", "Call the references"),
        ("The list of what it is not was the most useful page.", "First contract signed."),
    ),
    (
        "Raise my prices once and not apologise",
        ("Three tiers on one page", "Tell the oldest customer first", "No discount for a month"),
        ("The oldest customer asked why it took so long.", "One left, eleven stayed."),
    ),
)
