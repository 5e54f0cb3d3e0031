"""The page of the API, in a browser: it shows every route, and loads nothing from elsewhere."""

from tests.server.conftest import small


def test_it_shows_every_route_and_asks_the_server(browser, served, tmp_path):
    page = browser.new_page()
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served}/docs")
    page.wait_for_selector(".opblock")
    shown = page.locator(".opblock-summary-path").all_inner_texts()
    paths = {text.replace("\u200b", "") for text in shown}
    assert paths == {"/classify", "/read", "/models", "/health", "/health/live", "/health/ready"}
    # And it works: a picture is sent, and its answer shown.
    page.locator(".opblock-summary", has_text="/classify").click()
    page.get_by_role("button", name="Try it out").click()
    picture = tmp_path / "seven.png"
    picture.write_bytes(small())
    page.locator("input[type=file]").first.set_input_files(picture)
    page.get_by_role("button", name="Execute").click()
    page.wait_for_selector(".live-responses-table tbody .response-col_status")
    assert page.locator(".live-responses-table tbody .response-col_status").first.inner_text().startswith("200")
    assert '"best": 7' in page.locator(".live-responses-table").inner_text()
    assert not complaints
    assert {url.split("/")[2] for url in asked if not url.startswith(("data:", "blob:"))} == {served.split("/")[2]}
    page.close()
