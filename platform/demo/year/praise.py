"""What clients write in reviews, by stars, and how mentors answer. Data.

`{name}` is the mentor's first name.
"""

FIVE = (
    "I came with a tangle and left with three sentences on a card. I have used all three.",
    "{name} asked one question in the first ten minutes that I had avoided for a year.",
    "Worth it for the rehearsal alone. I got the offer, and more than I had planned to ask for.",
    "Calm, prepared and direct. We did not lose a minute.",
    "We rewrote the opening of my talk together. It is half as long and twice as clear.",
    "I expected advice and got practice, which is better.",
    "{name} had read everything I sent and marked the two places that mattered.",
    "My third session. Each time I leave with a list that fits on one page, and I finish it.",
    "The hardest hour of my month, and the most useful.",
    "Clear about what would not work, kind about why.",
    "I finally understood what my manager had been trying to tell me.",
    "{name} drew the whole system on a blank page and asked where it hurts. That was the review.",
    "No slides, no theory. We worked on my case until it was done.",
    "I was sceptical about paying for an hour of talk. It saved us a bad hire.",
    "The notes came the same evening, with dates in them.",
    "Somebody who has done the job and remembers how it felt.",
    "We practised the conversation four times. The real one took six minutes.",
    "{name} noticed that I apologise before each sentence. I have stopped.",
    "Two weeks later I still hear the question: what would you do if it were easy?",
    "Honest about the limits of the advice and about who to ask instead. Rare.",
    "I sent a draft at midnight and found comments on the lines that I was unsure about.",
    "Good pace for somebody whose first language is not English.",
    "The plan was realistic, which is why I kept to it.",
    "I booked half an hour to be told off and was understood instead. Then told off.",
    "A clear yes or no to every question, with reasons.",
    "{name} turned my list of worries into an order of work.",
    "I brought the numbers, {name} brought the story. The board agreed in one meeting.",
    "Every exercise came from my own week. Nothing felt borrowed.",
    "My portfolio lost nine projects and got me four interviews.",
    "What I liked best: silence while I was thinking.",
    "Straight to the point without being cold.",
    "I have worked with three coaches before. This is the first time I took notes.",
    "{name} said no to my plan in the first minute and was right by the last.",
    "We found the one assumption on which everything else stood, and tested it the next day.",
)
FOUR = (
    "Very good hour. I would have liked the materials a day earlier.",
    "Useful and friendly. The last ten minutes were a little rushed.",
    "{name} knows the field. Some of the examples were from bigger companies than mine.",
    "I got two things I can use tomorrow and one I have to think about.",
    "Good structure. Next time I will prepare better so that we get further.",
    "Helpful on the what, a bit less on the how. I have booked a second session for that.",
    "The feedback was fair and specific. The connection dropped once, which cost five minutes.",
    "A clear second opinion. I had hoped for more on the contract itself.",
    "Solid advice, and a template that saved me an evening.",
    "I would have chosen the longer session if I had known how much there is.",
    "Good questions. I talked more than I wanted to, which may have been the point.",
    "{name} was well prepared; I was not. Still worth the time.",
    "Practical. Not everything applied to a team of four, but most did.",
    "The rehearsal helped a lot. I wish we had recorded it.",
    "Pleasant and competent. I missed a short summary at the end.",
    "Came away with a better question than the one I brought.",
    "Good value for half an hour.",
    "Strong on negotiation, weaker on visas, which was said openly.",
    "I liked the directness. It takes a moment to get used to.",
    "Started late by a few minutes and made up for it at the end.",
)
THREE = (
    "Friendly, but I could have found most of it in the articles on the profile.",
    "We spent half of the time on background that I had sent before.",
    "Some good points. I expected more depth for a full hour.",
    "The advice was sound and general. My case is a bit particular.",
    "A decent conversation. I am not sure what to do differently on Monday.",
    "Good for beginners, I think. I needed the next step.",
    "{name} is clearly experienced. We did not quite find the same topic.",
    "The sound was poor and we both repeated ourselves a lot.",
    "Half an hour was too short for what the description promises.",
    "Nice person, loose structure.",
)
TWO = (
    "We talked mostly about how it is done at one large company. I do not work at one.",
    "Twelve minutes late, and the session ended on time.",
    "I asked for a review of my draft and got a talk about drafts.",
    "The questions I had sent beforehand had not been read.",
    "Too much self-promotion for a paid hour.",
)
ONE = (
    "I explained my situation twice and still got the standard answer.",
    "The session was interrupted by two telephone calls. Not mine.",
    "We never got to the topic that I had booked it for.",
)
BY_STARS = {5: FIVE, 4: FOUR, 3: THREE, 2: TWO, 1: ONE}

REPLIES = (
    "Thank you. Tell me how the meeting goes.",
    "That was your work; I only asked. See you in spring.",
    "It was a good hour for me as well. The card with the three sentences is the right size.",
    "Thank you for coming so well prepared.",
    "I am glad that it held on Monday morning too.",
    "Congratulations on the offer. You had earned it before we spoke.",
    "Send me the second draft when it is ready, no need to book for that.",
    "Thank you. Next time we begin with the part that you did not want to talk about.",
    "Much appreciated. I have passed your thanks on to the person whose question that was.",
    "It is a pleasure to work with somebody who does the homework.",
)
REPLIES_TO_CRITICS = (
    "You are right about the beginning. I have changed how I prepare, and I owe you ten minutes.",
    "Thank you for saying so openly. I have made the description of this session clearer.",
    "I am sorry about the line. I have moved to a wired connection since.",
    "Fair. For teams of your size I should have brought other examples; I will next time.",
    "I would like to make good on that. Please write to me and we will find a time.",
)
