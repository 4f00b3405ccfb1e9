"""Articles from mentors: changing careers, reviews after an incident, the first ten sessions."""

from demo.texts.parts import DemoArticle, action, link, quote, words

ARTICLES = (
    DemoArticle(
        slug="change-without-starting-over",
        title="Change careers without starting over",
        lead="Three moves that keep what you have earned: the sideways step, the small paid "
        "project, and the honest title.",
        author="Josh Abrams",
        mentor="josh.abrams@mentors.example.com",
        days_ago=60,
        motif="path",
        body=(
            words("""
            <p>People who want to leave their work imagine a cliff: one day a lawyer, the next a
            junior designer at half the pay. I have negotiated a few hundred such exits. The good
            ones look like a path with a bend in it.</p>
            <h2>Move one thing at a time</h2>
            <p>A job has three coordinates: what you do, where you do it, and who pays. Changing
            all three at once makes you a beginner. Changing one makes you an interesting
            candidate. The nurse who wants to write software does not apply to a bank; she applies
            to the company that makes the ward’s software, where she is the only person in the
            room who has used it at three in the morning.</p>
            <h2>Buy evidence before you sell it</h2>
            <p>A certificate says that you paid. A small project says that you can. Find one that
            somebody needs, agree on two weeks and a modest price, and finish it. Being paid
            matters: money is how a stranger says that your work is real.</p>
            """),
            quote(
                "Change one thing and you are interesting. Change three and you are a beginner.",
                "Josh Abrams",
                "Mentor, New York",
            ),
            words("""
            <h2>Write the honest title</h2>
            <p>Do not hide the old trade. “Accountant, moving into data” is a sentence people
            remember, and it answers the question they would otherwise ask behind your back. The
            reader of an application gives it twenty seconds. Spend none of them on a riddle.</p>
            <h2>Negotiate the bridge, not the destination</h2>
            <p>The first offer after a change will be lower. Do not fight the number; fight its
            length. Ask for a review after six months with the target written down. Everybody at
            the table can agree to a date, and in six months you will have the evidence.</p>
            <h2>Know your floor</h2>
            <p>Before you talk to anybody, write down the monthly sum below which you will not go,
            and how many months you can bear it. Those two numbers turn fear into arithmetic.
            Bring them to a session; they are where I begin.</p>
            """),
        ),
    ),
    DemoArticle(
        slug="reviews-after-an-incident",
        title="The review that changes something",
        lead="Most reviews after an incident end in a document. Four habits that make them end in "
        "a quieter pager.",
        author="Noor Haddad",
        mentor="mentor2@example.com",
        days_ago=74,
        motif="calendar",
        body=(
            words("""
            <p>I have read more than a thousand incident reviews. Nearly all of them were careful.
            Perhaps one in ten was followed by a change that held. The difference was never the
            template.</p>
            <h2>Begin with what surprised you</h2>
            <p>A timeline tells what happened. A surprise tells what you believed. “We were
            surprised that the retry queue was shared” is worth more than two pages of minutes,
            because it names the wrong map in somebody’s head, and that map will cause the next
            incident too.</p>
            <h2>Stop asking why, ask how</h2>
            <p>“Why did you restart it?” is heard as an accusation, and gets an excuse. “How did
            restarting look like the right thing?” gets the dashboard that was green, the runbook
            that said so, and the colleague who had done it last week. All three can be
            mended.</p>
            <h2>Three actions, one owner each, one date</h2>
            <p>If a review yields fourteen actions it yields none. Choose three. Each belongs to a
            person, not a team, and has a day on which somebody will look. If you cannot find a
            person, you have found out that it does not matter enough. Strike it out; that is a
            result.</p>
            """),
            quote(
                "Fourteen actions are none. Choose three, and give each a person and a day.",
                "Noor Haddad",
                "Mentor, Dubai",
            ),
            words("""
            <h2>Read it again after six weeks</h2>
            <p>Put it in the calendar while the meeting is still open: thirty minutes, the same
            people, one question. <b>Is the thing that surprised us still possible?</b> Most teams
            discover that it is. The second meeting is where reviews start to work, because now
            everybody knows that there will be one.</p>
            <h2>Bring me one</h2>
            <p>If you have a review that has gone stale, send it as the goal of a session. We read
            it together, aloud, and stop at each sentence that nobody would bet money on. It takes
            an hour and is more cheerful than it sounds.</p>
            """),
        ),
    ),
    DemoArticle(
        slug="your-first-ten-sessions",
        title="Your first ten sessions as a mentor",
        lead="What to charge, how many hours to open, and why the note after the call matters more "
        "than the call.",
        author="Imani Wanjiru",
        mentor="imani.wanjiru@mentors.example.com",
        days_ago=88,
        motif="steps",
        body=(
            words("""
            <p>You know your trade. Advising is another one, and nobody is good at it in the first
            week. Here is what I would tell myself before session number one.</p>
            <h2>Open few hours, and keep them</h2>
            <p>Two evenings a week, the same ones, for eight weeks. Clients book what they can
            rely on. A calendar with forty open hours says that nobody comes; a calendar with four
            that are half taken says the opposite, and it is kinder to your weekends.</p>
            <h2>Set a price you can say aloud</h2>
            <p>Start where you would not resent a dull hour. Look at three mentors with your
            subject and stand in the middle. After ten sessions raise it once, by a fifth; those
            who are helped will not notice, and you will stop wondering. The page for mentors
            shows what you receive of a price, to the cent.</p>
            <h2>Ask before you answer</h2>
            <p>For the first ten minutes, only ask. Experts recognise a problem in thirty seconds
            and start to solve the wrong one. The most useful question I know is: “What have you
            already decided, and hope I will confirm?”</p>
            """),
            (
                "picture",
                {
                    "image": "letter",
                    "alt": "A written note coming out of an envelope, stamped with a tick.",
                    "caption": "Five lines, the same day.",
                },
            ),
            words("""
            <h2>Write the note the same day</h2>
            <p>Five lines: what we decided, what you will do, by when, what could go wrong, what to
            read. It takes eight minutes. Clients forget the conversation and keep the note, and
            they show it to the colleague who books you next.</p>
            <h2>Let a bad hour be bad</h2>
            <p>One in ten will not work. Somebody wanted a therapist, or a job, or an argument. Say
            so kindly at half-time and offer to stop. Write to support the same day, and the hour is
            given back; it is the cheapest reputation you will ever buy.</p>
            <h2>Then ask for the review</h2>
            <p>Only people who met you can review you, for thirty days after the session. Ask once,
            on the day you send the note. Answer the critical ones in two sentences without
            defending yourself. Readers judge the answer, not the stars.</p>
            """),
            action(
                "Ready for the first one?",
                "Applying takes ten minutes. A person reads it.",
                link("Become a mentor", "/become-a-mentor/"),
            ),
        ),
    ),
)
