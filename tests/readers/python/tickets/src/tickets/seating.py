import httpx
from tenacity import retry, stop_after_attempt, wait_random_exponential

from tickets.settings import settings

http = httpx.AsyncClient(base_url=settings.seating_url, timeout=2.0)


@retry(stop=stop_after_attempt(3), wait=wait_random_exponential(max=10))
async def free_seats(event: int) -> list[int]:
    answer = await http.get(f"/events/{event}/seats")
    return answer.json()
